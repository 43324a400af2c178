import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { repository } from '../../scripts/lib/repository.mjs';
import { packName } from '../lib/bundlePackage.mjs';
import { exportBundle } from '../lib/exportBundle.mjs';
import { startHost } from '../lib/hosts.mjs';
import { hostWithDrops } from '../lib/hostWithDrops.mjs';
import { formatMs, median } from '../lib/numbers.mjs';
import { portalPlugins } from '../lib/portalPlugins.mjs';

/** Bundles of about 3 MB, by package, and a path that is theirs. */
const LARGE = {
  '@backstage/plugin-notifications-backend': ['/api/notifications', 401],
  '@backstage-community/plugin-sonarqube-backend': ['/api/sonarqube', 401],
  '@backstage-community/plugin-badges-backend': ['/api/badges', 401],
};
/** By then the portal's own plugins have started, whose init is not asked for. */
const OTHERS_WITHIN_MS = 1500;
const HOST = {
  plugins: portalPlugins,
  config: { sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' } },
};

/**
 * The longest time that a load keeps the process from doing anything else, against requiring the same code. What the plugin's
 * own init keeps it for, added statically, is nothing that a loader could change: the budget comes on top of that.
 */
export async function compareStalls({ dir, hello, runs, report }) {
  const bundles = [{ name: 'the hello example', bundle: hello, answer: ['/api/hello/ping', 200] }];
  for (const [name, answer] of Object.entries(LARGE)) {
    const bundle = join(dir, 'bundles', packName(name));
    await exportBundle(join(repository, 'test'), bundle, name, '--no-start-check');
    bundles.push({ name, bundle, answer });
  }
  const rows = [];
  for (const { name, bundle, answer } of bundles) {
    const ours = [];
    const peers = [];
    const inits = [];
    for (let i = 0; i < runs.stalls; i++) {
      ours.push(await stallOfDrop(join(dir, `stalls/${basename(bundle)}-${i}`), bundle, answer));
      peers.push(await stallOfRequire(join(dir, 'stalls/plain'), bundle));
      inits.push(await stallOfInit(join(dir, 'stalls/held'), bundle));
    }
    const init = median(inits);
    rows.push({ name, ours: median(ours), peer: median(peers), init, budget: init > 50 ? init + 50 : 50 });
  }
  report.table(
    'Longest event-loop stall while a bundle is loaded, medians',
    ['bundle', 'Stagedoor', 'require', 'its own init', 'budget'],
    rows.map(({ name, ours, peer, init, budget }) => [
      name,
      ...[ours, peer, init].map(formatMs),
      `≤ ${formatMs(budget)}`,
    ]),
  );
  for (const { name, ours, budget } of rows) report.budget(`stall while ${name} is loaded`, ours <= budget);
}

async function stallOfDrop(dir, bundle, answer) {
  const { host, drop } = await hostWithDrops(dir, HOST);
  try {
    const copy = join(dir, 'copy');
    await cp(bundle, copy, { recursive: true });
    await host.ask('stall');
    await drop(copy, 'dropped', ...answer);
    return await host.ask('stall');
  } finally {
    await host.stop();
  }
}

async function stallOfRequire(dir, bundle) {
  const host = await startHost(dir, { kind: 'plain', ...HOST });
  try {
    await host.ask('stall');
    await host.ask('require', join(bundle, 'dist/index.cjs.js'));
    return await host.ask('stall');
  } finally {
    await host.stop();
  }
}

async function stallOfInit(dir, bundle) {
  const host = await startHost(dir, { kind: 'plain', ...HOST, held: join(bundle, 'dist/index.cjs.js') });
  try {
    await sleep(OTHERS_WITHIN_MS);
    await host.ask('stall');
    await host.ask('init');
    return await host.ask('stall');
  } finally {
    await host.stop();
  }
}
