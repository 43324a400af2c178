import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHost } from '../lib/hosts.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { median } from '../lib/numbers.mjs';

/** Requests per second of one plugin, added statically and as a bundle. */
export async function compareThroughput({ dir, hello, runs, report }) {
  const plugins = [join(hello, 'dist/index.cjs.js')];
  const plain = await startHost(join(dir, 'throughput/plain'), { kind: 'plain', plugins });
  const root = join(dir, 'throughput/root');
  await cp(hello, join(root, 'hello'), { recursive: true });
  const ours = await startHost(join(dir, 'throughput/stagedoor'), { kind: 'stagedoor', root });
  try {
    const hosts = { plain, ours };
    await interleaved(2, hosts, ({ url }) => rate(`${url}/api/hello/ping`, runs.loadSeconds));
    const rates = await interleaved(runs.loads, hosts, ({ url }) => rate(`${url}/api/hello/ping`, runs.loadSeconds));
    // Round by round: what else the machine does comes and goes.
    const share = median(rates.ours.map((own, round) => own / rates.plain[round]));
    report.table(
      'Requests per second, medians',
      ['plugin', 'rate', 'of static', 'budget'],
      [
        ['added to createBackend()', median(rates.plain).toFixed(0), '', ''],
        ['loaded as a bundle', median(rates.ours).toFixed(0), `${(100 * share).toFixed(1)} %`, '≥ 97 %'],
      ],
    );
    report.budget('throughput', share >= 0.97);
  } finally {
    await Promise.all([plain.stop(), ours.stop()]);
  }
}

/** Requests per second over some seconds; throws where any failed. */
async function rate(url, seconds) {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c16', `-d${seconds}s`, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}
