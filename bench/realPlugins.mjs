// Exports published plugins with no flag, loads them beside each other into a portal, writes docs/real-plugins.md.
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildAll } from '../scripts/build.mjs';
import { runScript } from '../scripts/lib/failure.mjs';
import { repository } from '../scripts/lib/repository.mjs';
import { packName } from './lib/bundlePackage.mjs';
import { installWithoutShared } from './lib/install.mjs';
import { formatBytes, formatShare, markdownTable, median } from './lib/numbers.mjs';
import { startPortal } from './lib/portal.mjs';
import { SETTLE_MS } from './lib/settle.mjs';
import { treeSize } from './lib/treeSize.mjs';

/** In the order in which they are dropped: modules after their plugins. */
const PACKAGES = [
  '@backstage-community/plugin-sonarqube-backend',
  '@backstage-community/plugin-badges-backend',
  '@backstage-community/plugin-todo-backend',
  '@backstage/plugin-notifications-backend',
  '@backstage/plugin-scaffolder-backend',
  '@roadiehq/scaffolder-backend-module-http-request',
  '@roadiehq/scaffolder-backend-module-utils',
  '@backstage/plugin-techdocs-backend',
  '@backstage/plugin-catalog-backend',
  '@backstage/plugin-catalog-backend-module-github',
  '@backstage/plugin-search-backend',
  '@backstage/plugin-search-backend-module-pg',
  '@backstage/plugin-auth-backend-module-github-provider',
  '@backstage/plugin-events-backend',
  '@backstage/plugin-events-backend-module-kafka',
  '@backstage/plugin-kubernetes-backend',
];

/** The least that they demand. */
const CONFIG = {
  sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
  techdocs: { builder: 'external', generator: { runIn: 'local' }, publisher: { type: 'local' } },
  auth: {
    environment: 'development',
    providers: { guest: {}, github: { development: { clientId: 'id', clientSecret: 'secret' } } },
  },
  kubernetes: { serviceLocatorMethod: { type: 'multiTenant' }, clusterLocatorMethods: [] },
};

const LOAD_TIMEOUT_MS = 60_000;
const POLL_MS = 10;
const { exportPlugin } = createRequire(import.meta.url)(join(repository, 'cli/dist/api.cjs.js'));

await runScript(async () => {
  await buildAll();
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  try {
    const rows = [];
    for (const name of PACKAGES) {
      process.stderr.write(`${name}\n`);
      rows.push({ name, ...(await measureExport(name, join(dir, packName(name)))) });
    }
    await measureLoads(rows, dir);
    await writeFile(join(repository, 'docs/real-plugins.md'), page(rows));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

/** The version that the tests install, or else the newest one; exported from the registry either way. */
async function measureExport(name, dir) {
  const pinned = JSON.parse(await readFile(join(repository, 'test/package.json'), 'utf8')).devDependencies[name];
  await mkdir(join(dir, 'closure'), { recursive: true });
  await installWithoutShared(join(dir, 'closure'), { [name]: pinned ?? 'latest' });
  const closure = await treeSize(join(dir, 'closure/node_modules'));
  let planned = 0;
  const started = performance.now();
  const bundle = await exportPlugin({
    cwd: dir,
    target: `${name}@${pinned ?? 'latest'}`,
    out: join(dir, 'bundle'),
    pack: false,
    startCheck: true,
    onStep: (step) => {
      if (step === 'plan') planned = performance.now() - started;
    },
  });
  return { bundle, closure, fetchMs: planned, exportMs: performance.now() - started - planned };
}

async function measureLoads(rows, dir) {
  const portal = await startPortal(join(dir, 'portal'), CONFIG);
  try {
    const dropped = rows.map((row, index) => join(dir, `drop-${index}`));
    for (const [index, row] of rows.entries()) await cp(row.bundle.path, dropped[index], { recursive: true });
    for (const [index, row] of rows.entries()) {
      const started = performance.now();
      await rename(dropped[index], join(portal.root, `drop-${index}`));
      const status = await settled(portal, row.bundle.name);
      row.loadMs = performance.now() - started - SETTLE_MS;
      row.state = status ? [status.state, status.code].filter(Boolean).join(', ') : 'unknown';
    }
  } finally {
    await portal.stop();
  }
}

/** The status of a bundle once nothing more is going to happen to it. */
async function settled(portal, name) {
  const deadline = Date.now() + LOAD_TIMEOUT_MS;
  for (;;) {
    const status = await portal.statusOf(name);
    if (['running', 'failed', 'rejected', 'waiting'].includes(status?.state) || Date.now() > deadline) return status;
    await sleep(POLL_MS);
  }
}

function page(rows) {
  const shares = (of) => rows.map(({ bundle, closure }) => bundle[of] / closure[of]);
  const percent = (of) => `${(100 * median(shares(of))).toFixed(1)} %`;
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  return `# Real plugins

Written by \`node bench/realPlugins.mjs\`; do not edit. Published packages, unmodified, exported without options, with the start check, and
loaded one after the other into one running portal with the minimum config that they require.

**bytes** and **files** are those of the bundle, followed by their share of what \`npm install --omit=dev\` puts on disk for the same
plugin without the shared packages, which is what an install-based export has to carry. (\`@backstage/backend-defaults\`, which sonarqube, badges and todo
require in a range that the host does not satisfy, is not shared and counts.) Median: ${percent('bytes')} of the
bytes, ${percent('files')} of the files. **export** is everything except fetching the package from the registry, including the start
check. **load** is the time from the drop to its state, without the 250 ms in which a drop must not change. Times are those of one
run on one machine with two cores.

${markdownTable(
  ['package', 'bytes', 'files', 'export', 'load', 'state', 'hoisted, with the reason'],
  rows.map(({ name, bundle, closure, exportMs, loadMs, state }) => [
    `\`${name}\` ${bundle.version}`,
    `${formatBytes(bundle.bytes)} (${formatShare(bundle.bytes, closure.bytes)})`,
    `${bundle.files} (${formatShare(bundle.files, closure.files)})`,
    seconds(exportMs),
    `${Math.round(loadMs)} ms`,
    state,
    bundle.hoisted.map((entry) => `\`${entry.name}\`: ${entry.reason}`).join('; ') || '–',
  ]),
)}
`;
}
