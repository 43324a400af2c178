import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHost } from '../lib/hosts.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { median } from '../lib/numbers.mjs';
import { expectStatus, latency } from '../lib/requests.mjs';

/** Memory and latency of a plugin in a process of its own, against the same in the portal's. */
export async function compareIsolation({ dir, hello, runs, report }) {
  const roots = {};
  for (const isolation of ['in-process', 'process']) {
    const root = join(dir, isolation, 'root');
    await cp(hello, join(root, 'hello'), { recursive: true });
    roots[isolation] = await startHost(join(dir, isolation, 'host'), {
      kind: 'stagedoor',
      root,
      dynamicPlugins: { isolation },
    });
  }
  try {
    for (const { url } of Object.values(roots)) await expectStatus(`${url}/api/hello/ping`, 200);
    const times = await interleaved(5, roots, ({ url }) => latency(`${url}/api/hello/ping`, runs.requests));
    const [inside, outside] = [median(times['in-process']), median(times.process)];
    await sleep(2000);
    const rss = await childRss(roots.process.pid);
    report.table(
      'A plugin in a process of its own',
      ['', 'in-process', 'process', 'budget'],
      [
        ['median latency', `${inside.toFixed(2)} ms`, `${outside.toFixed(2)} ms`, '≤ +1 ms'],
        ['resident memory of the process', '', `${(rss / 1e6).toFixed(0)} MB`, '≤ 100 MB'],
      ],
    );
    report.budget('latency of a process unit', outside - inside <= 1);
    report.budget('memory of a process unit', rss <= 100e6);
  } finally {
    await Promise.all(Object.values(roots).map((host) => host.stop()));
  }
}

/** Resident memory of the one process that `pid` started, in bytes. */
async function childRss(pid) {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const rss = await Promise.all(
    children
      .trim()
      .split(/\s+/)
      .map(async (child) => {
        const status = await readFile(`/proc/${child}/status`, 'utf8');
        return 1024 * Number(/VmRSS:\s+(\d+)/.exec(status)[1]);
      }),
  );
  return Math.max(...rss);
}
