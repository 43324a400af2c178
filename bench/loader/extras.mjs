import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/lib/repository.mjs';
import { TEMPLATE_PLUGINS } from '../../scripts/lib/templatePlugins.mjs';
import { startHost } from '../lib/hosts.mjs';
import { compareLoads } from '../lib/load.mjs';
import { formatBytes, formatMs, formatRatio, median } from '../lib/numbers.mjs';

const { resolve } = createRequire(join(repository, 'test/package.json'));

/** By then what a backend imports in peace is imported. */
const IMPORTED_WITHIN_MS = 2000;
/** An answer that takes no session and no database: what is added to it is the largest part of it. */
const PATH = '/api/auth/.well-known/jwks.json';

const ms = formatMs;
/** What is compared: a figure of a host, how it is written, and the budget of ours to theirs. */
const FIGURES = {
  'time to ready': { of: ({ readyMs }) => readyMs, format: ms, most: 1.03 },
  'processor time to ready': { of: ({ readyCpuMs }) => readyCpuMs, format: ms, most: 1.03 },
  'resident memory': { of: ({ rss }) => rss, format: formatBytes, most: 1.02 },
  'processor time per request': {
    of: ({ cpuPerRequest }) => cpuPerRequest,
    format: (us) => `${us.toFixed(0)} µs`,
    most: 1.01,
  },
  'requests per second': { of: ({ perSecond }) => perSecond, format: (rate) => rate.toFixed(0), least: 0.98 },
};

/** What `createDynamicBackend()` takes beyond `createBackend()`, with the plugins of a new app and no bundle. */
export async function compareExtras({ dir, runs, report }) {
  const root = join(dir, 'extras/root');
  await mkdir(root, { recursive: true });
  const plugins = TEMPLATE_PLUGINS.map((name) => resolve(name));
  const pairs = [];
  // The first pair fills the caches of the operating system.
  for (let i = 0; i <= runs.extraPairs; i++) {
    const kinds = {
      plain: { kind: 'plain', plugins },
      stagedoor: {
        kind: 'stagedoor',
        plugins,
        root,
        dynamicPlugins: { stateDirectory: join(dir, `extras/state-${i}`) },
      },
    };
    // Neither is always the first.
    const pair = await figuresOf(
      join(dir, `extras/${i}`),
      i % 2 ? ['plain', 'stagedoor'] : ['stagedoor', 'plain'],
      kinds,
      runs,
    );
    if (i > 0) pairs.push(pair);
  }
  const rows = Object.entries(FIGURES).map(([name, { of, format, most, least }]) => {
    const ratio = median(pairs.map(({ plain, stagedoor }) => of(stagedoor) / of(plain)));
    report.budget(`${name} of the template`, most === undefined ? ratio >= least : ratio <= most);
    const [theirs, ours] = ['plain', 'stagedoor'].map((kind) => format(median(pairs.map((pair) => of(pair[kind])))));
    return [name, theirs, ours, formatRatio(ratio, 3), most === undefined ? `≥ ${least}×` : `≤ ${most}×`];
  });
  report.table(
    `A new app's plugins, medians of ${pairs.length} pairs of processes`,
    ['', 'createBackend()', 'createDynamicBackend()', 'ratio', 'budget'],
    rows,
  );
}

/** The figures of a process of each kind, by kind, which are started in this order. */
async function figuresOf(dir, order, kinds, { extraWarmSeconds, extraSeconds }) {
  const hosts = {};
  const figures = {};
  try {
    for (const kind of order) {
      hosts[kind] = await startHost(join(dir, kind), kinds[kind]);
      const { cpuMs } = await hosts[kind].ask('usage');
      figures[kind] = { readyMs: hosts[kind].startedMs, readyCpuMs: cpuMs };
      await sleep(IMPORTED_WITHIN_MS);
      figures[kind].rss = (await hosts[kind].ask('usage')).rss;
    }
    const urls = Object.fromEntries(order.map((kind) => [kind, hosts[kind].url + PATH]));
    await compareLoads(urls, extraWarmSeconds);
    const before = await usages(hosts);
    const loads = await compareLoads(urls, extraSeconds);
    const after = await usages(hosts);
    for (const kind of order) {
      const { requests, perSecond } = loads[kind];
      const cpuPerRequest = (1000 * (after[kind].cpuMs - before[kind].cpuMs)) / requests;
      Object.assign(figures[kind], { perSecond, cpuPerRequest });
    }
    return figures;
  } finally {
    await Promise.all(Object.values(hosts).map((host) => host.stop()));
  }
}

async function usages(hosts) {
  const entries = Object.entries(hosts).map(async ([kind, host]) => [kind, await host.ask('usage')]);
  return Object.fromEntries(await Promise.all(entries));
}
