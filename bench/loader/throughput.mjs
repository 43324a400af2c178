import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startHost } from '../lib/hosts.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { median } from '../lib/numbers.mjs';

/**
 * Requests per second of one plugin, added statically and as a bundle: in several processes of each kind, because two that
 * run the same differ by up to a tenth, for as long as they live.
 */
export async function compareThroughput({ dir, hello, runs, report }) {
  const plugins = [join(hello, 'dist/index.cjs.js')];
  const root = join(dir, 'throughput/root');
  await cp(hello, join(root, 'hello'), { recursive: true });
  const hosts = {};
  try {
    for (let i = 0; i < runs.loadHosts; i++) {
      const at = join(dir, `throughput/${i}`);
      const dynamicPlugins = { stateDirectory: join(at, 'state') };
      hosts[`static ${i}`] = await startHost(join(at, 'static'), { kind: 'plain', plugins });
      hosts[`dynamic ${i}`] = await startHost(join(at, 'dynamic'), { kind: 'stagedoor', root, dynamicPlugins });
    }
    const load = ({ url }) => rate(`${url}/api/hello/ping`, runs.loadSeconds);
    await interleaved(2, hosts, load);
    const rates = Object.entries(await interleaved(runs.loads, hosts, load));
    const [fixed, dynamic] = ['static', 'dynamic'].map((kind) =>
      median(rates.filter(([name]) => name.startsWith(kind)).map(([, numbers]) => median(numbers))),
    );
    report.table(
      `Requests per second, medians of ${runs.loadHosts} processes`,
      ['plugin', 'rate', 'of static', 'budget'],
      [
        ['added to createBackend()', fixed.toFixed(0), '', ''],
        ['loaded as a bundle', dynamic.toFixed(0), `${((100 * dynamic) / fixed).toFixed(1)} %`, '≥ 97 %'],
      ],
    );
    report.budget('throughput', dynamic >= 0.97 * fixed);
  } finally {
    await Promise.all(Object.values(hosts).map((host) => host.stop()));
  }
}

/** Requests per second over some seconds; throws where any failed. */
async function rate(url, seconds) {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c16', `-d${seconds}s`, url]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)[1]);
}
