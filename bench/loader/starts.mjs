import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHost } from '../lib/hosts.mjs';
import { interleaved } from '../lib/interleaved.mjs';
import { formatMs, formatRatio, median } from '../lib/numbers.mjs';
import { portalPlugins } from '../lib/portalPlugins.mjs';
import { expectStatus } from '../lib/requests.mjs';
import { variant } from '../lib/variants.mjs';

/** A portal writes down what V8 made of its plugins when it has run for ten seconds. */
const KEPT_WITHIN_MS = 60_000;

/** Start-up with many plugins: added statically, by upstream's loader from a root directory, by Stagedoor from the same. */
export async function compareStarts({ dir, hello, runs, report }) {
  const root = join(dir, 'many/root');
  await mkdir(root, { recursive: true });
  for (let i = 0; i < runs.bundles; i++) {
    await variant(hello, join(root, `hello-${i}`), { name: `hello-${i}-backend`, pluginId: `hello-${i}` });
  }
  let firstStarts = 0;
  // One that was removed before makes files slower to create for some seconds, as in no pod.
  const state = () => join(dir, `many/state-${firstStarts}`);
  const plugins = Array.from({ length: runs.bundles }, (_, i) => join(root, `hello-${i}/dist/index.cjs.js`));
  const kinds = {
    'no plugins': { kind: 'plain' },
    'the same plugins, static': { kind: 'plain', plugins },
    "upstream's loader": { kind: 'upstream', root },
    'Stagedoor, first start': { kind: 'stagedoor', root, fresh: true },
    'Stagedoor, later starts': { kind: 'stagedoor', root },
  };
  const times = await interleaved(runs.starts, kinds, async ({ fresh, ...options }) => {
    if (fresh) firstStarts++;
    const dynamicPlugins = options.kind === 'stagedoor' && { stateDirectory: state() };
    const host = await startHost(join(dir, 'many'), { ...options, ...(dynamicPlugins && { dynamicPlugins }) });
    try {
      if (options.root) await expectStatus(`${host.url}/api/hello-${runs.bundles - 1}/ping`, 200);
      if (fresh) await untilKept(join(state(), 'compiled'), runs.bundles);
      return host.startedMs;
    } finally {
      await host.stop();
    }
  });
  const [none, fixed, upstream, first, later] = Object.values(times).map(median);
  report.table(
    `Start-up with ${runs.bundles} plugins, medians`,
    ['backend', 'time', 'over static', 'budget'],
    [
      ['no plugins', formatMs(none), '', ''],
      ['the same plugins, static', formatMs(fixed), '', ''],
      ["upstream's loader", formatMs(upstream), formatMs(upstream - fixed), ''],
      ['Stagedoor, first start', formatMs(first), formatMs(first - fixed), "below upstream's"],
      ['Stagedoor, later starts', formatMs(later), formatMs(later - fixed), "≤ 350 ms, and below upstream's"],
    ],
  );
  report.budget('start-up with many plugins', later - fixed <= 350 && later < upstream);
  report.budget('a first start with many plugins', first < upstream);
}

/** Waits until a portal has written down as many files of compiled code. */
async function untilKept(compiled, count) {
  for (const end = Date.now() + KEPT_WITHIN_MS; Date.now() < end; await sleep(200)) {
    const entries = await readdir(compiled, { recursive: true, withFileTypes: true });
    if (entries.filter((entry) => entry.isFile() && entry.name !== 'app-config.sha256').length >= count) return;
  }
  throw new Error(`The portal has not kept the code of ${count} plugins.`);
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
