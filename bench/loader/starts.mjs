import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startHost } from '../lib/hosts.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { portalPlugins } from '../lib/portalPlugins.mjs';
import { expectStatus } from '../lib/requests.mjs';
import { variant } from '../lib/variants.mjs';

/** Start-up with many bundles, against none, and against upstream's loader on the same root directory. */
export async function compareStarts({ dir, hello, runs, report }) {
  const root = join(dir, 'many/root');
  await mkdir(root, { recursive: true });
  for (let i = 0; i < runs.bundles; i++) {
    await variant(hello, join(root, `hello-${i}`), { name: `hello-${i}-backend`, pluginId: `hello-${i}` });
  }
  const state = join(dir, 'many/state');
  const kinds = {
    'no dynamic plugins': { kind: 'plain' },
    "upstream's loader": { kind: 'upstream', root },
    'Stagedoor, first start': { kind: 'stagedoor', root, dynamicPlugins: { stateDirectory: state }, fresh: true },
    'Stagedoor, later starts': { kind: 'stagedoor', root, dynamicPlugins: { stateDirectory: state } },
  };
  const times = await interleaved(runs.starts, kinds, async ({ fresh, ...options }) => {
    if (fresh) await rm(state, { recursive: true, force: true });
    const host = await startHost(join(dir, 'many'), options);
    try {
      if (options.root) await expectStatus(`${host.url}/api/hello-${runs.bundles - 1}/ping`, 200);
      return host.startedMs;
    } finally {
      await host.stop();
    }
  });
  const [none, upstream, first, later] = Object.values(times).map(median);
  report.table(
    `Start-up with ${runs.bundles} bundles, medians`,
    ['backend', 'time', 'over none', 'budget'],
    [
      ['no dynamic plugins', formatMs(none), '', ''],
      ["upstream's loader", formatMs(upstream), formatMs(upstream - none), ''],
      ['Stagedoor, first start', formatMs(first), formatMs(first - none), ''],
      ['Stagedoor, later starts', formatMs(later), formatMs(later - none), "≤ 350 ms, and below upstream's"],
    ],
  );
  report.budget('start-up with many bundles', later - none <= 350 && later < upstream);
}

/** Start-up with the portal's own plugins alone. */
export async function compareOwnStarts({ dir, runs, report }) {
  const kinds = { 'createBackend()': { kind: 'plain' }, 'createDynamicBackend()': { kind: 'stagedoor' } };
  const times = await interleaved(runs.starts, kinds, async (options) => {
    const host = await startHost(join(dir, 'own/host'), { ...options, plugins: portalPlugins });
    await host.stop();
    return host.startedMs;
  });
  const [plain, ours] = Object.values(times).map(median);
  report.table(
    "Start-up with the portal's own plugins, medians",
    ['backend', 'time', 'ratio', 'budget'],
    [
      ['createBackend()', formatMs(plain), '', ''],
      ['createDynamicBackend()', formatMs(ours), formatRatio(ours / plain), '≤ 1.00×'],
    ],
  );
  report.budget("start-up with the portal's own plugins", ours <= plain);
}
