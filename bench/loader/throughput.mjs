import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost } from '../lib/hosts.mjs';
import { compareLoads } from '../lib/load.mjs';
import { formatShare, median } from '../lib/numbers.mjs';

/**
 * Requests per second of one plugin, added statically and as a bundle, when the start and V8's compiling are over: in several
 * pairs of processes, because two that run the same differ by up to a tenth, for as long as they live.
 */
export async function compareThroughput({ dir, hello, runs, report }) {
  const plugins = [join(hello, 'dist/index.cjs.js')];
  const root = join(dir, 'throughput/root');
  await cp(hello, join(root, 'hello'), { recursive: true });
  const pairs = [];
  for (let i = 0; i < runs.loadPairs; i++) {
    const at = join(dir, `throughput/${i}`);
    const kinds = {
      fixed: { kind: 'plain', plugins },
      dynamic: { kind: 'stagedoor', root, dynamicPlugins: { stateDirectory: join(at, 'state') } },
    };
    // Neither is always the first.
    pairs.push(await ratesOf(at, i % 2 ? ['fixed', 'dynamic'] : ['dynamic', 'fixed'], kinds, runs));
  }
  const share = median(pairs.map(({ fixed, dynamic }) => dynamic / fixed));
  report.table(
    `Requests per second, medians of ${pairs.length} pairs of processes`,
    ['plugin', 'rate', 'of static', 'budget'],
    [
      ['added to createBackend()', median(pairs.map(({ fixed }) => fixed)).toFixed(0), '', ''],
      ['loaded as a bundle', median(pairs.map(({ dynamic }) => dynamic)).toFixed(0), formatShare(share, 1), '≥ 97 %'],
    ],
  );
  report.budget('throughput', share >= 0.97);
}

/** The rates of a process of each kind, by kind, which are started in this order. */
async function ratesOf(dir, order, kinds, { loadWarmSeconds, loadSeconds }) {
  const hosts = {};
  try {
    for (const kind of order) hosts[kind] = await startHost(join(dir, kind), kinds[kind]);
    const urls = Object.fromEntries(Object.entries(hosts).map(([kind, { url }]) => [kind, `${url}/api/hello/ping`]));
    await compareLoads(urls, loadWarmSeconds);
    const loads = await compareLoads(urls, loadSeconds);
    return Object.fromEntries(Object.entries(loads).map(([kind, { perSecond }]) => [kind, perSecond]));
  } finally {
    await Promise.all(Object.values(hosts).map((host) => host.stop()));
  }
}
