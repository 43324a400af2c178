// What exporting and loading cost, each against a peer in the same run. See bench/README.md.
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildAll } from '../scripts/build.mjs';
import { Failure, runScript } from '../scripts/lib/failure.mjs';
import { repository } from '../scripts/lib/repository.mjs';
import { compareSecondExports } from './again/exports.mjs';
import { compareSaves } from './again/saves.mjs';
import { compareSecondStarts } from './again/starts.mjs';
import { compareSizes } from './export/sizes.mjs';
import { compareExports, compareLargerExports } from './export/times.mjs';
import { compareInstalls } from './install/installs.mjs';
import { exportBundle } from './lib/exportBundle.mjs';
import { Report } from './lib/report.mjs';
import { compareLibraries } from './libraries/libraries.mjs';
import { compareDrops } from './loader/drops.mjs';
import { compareExtras } from './loader/extras.mjs';
import { compareIsolation } from './loader/isolation.mjs';
import { compareStalls } from './loader/stalls.mjs';
import { compareOwnStarts, compareStarts } from './loader/starts.mjs';
import { compareThroughput } from './loader/throughput.mjs';

const short = process.argv.includes('--short');
const runs = short
  ? {
      exports: 3,
      installs: 1,
      starts: 1,
      bundles: 10,
      extraPairs: 2,
      extraWarmSeconds: 5,
      extraSeconds: 3,
      loadPairs: 1,
      loadWarmSeconds: 5,
      loadSeconds: 3,
      drops: 3,
      stalls: 1,
      requests: 200,
      plugins: 10,
      pluginInstalls: 1,
      saves: 2,
      secondStarts: 1,
      secondExports: 1,
    }
  : {
      ...{ exports: 9, installs: 3, largerExports: 5, largerInstalls: 1 },
      ...{ starts: 5, bundles: 50, drops: 15, stalls: 5, requests: 2000 },
      ...{ extraPairs: 9, extraWarmSeconds: 15, extraSeconds: 8 },
      ...{ loadPairs: 9, loadWarmSeconds: 15, loadSeconds: 8 },
      ...{ plugins: 30, pluginInstalls: 3 },
      ...{ saves: 9, secondStarts: 5, secondExports: 5 },
    };
const parts = {
  exports: compareExports,
  // What takes minutes, most of them npm's.
  ...(!short && { 'larger-exports': compareLargerExports, sizes: compareSizes }),
  starts: compareStarts,
  'own-starts': compareOwnStarts,
  extras: compareExtras,
  throughput: compareThroughput,
  drops: compareDrops,
  stalls: compareStalls,
  isolation: compareIsolation,
  install: compareInstalls,
  saves: compareSaves,
  'second-starts': compareSecondStarts,
  'second-exports': compareSecondExports,
};
/** Only where they are named: they install some gigabytes. */
const named = { libraries: compareLibraries };
const all = { ...parts, ...named };
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

await runScript(async () => {
  const unknown = wanted.find((name) => !(name in all));
  if (unknown) throw new Failure(`There is no part '${unknown}'.`, `One of ${Object.keys(all).join(', ')}`);
  await buildAll();
  const dir = await mkdtemp(join(tmpdir(), 'stagedoor-bench-'));
  try {
    // Peers require the bundles as they are, from where they lie.
    await symlink(join(repository, 'node_modules'), join(dir, 'node_modules'), 'dir');
    const hello = join(dir, 'bundles/hello');
    await exportBundle(join(repository, 'examples/hello-dynamic-backend'), hello, '--no-start-check');
    const report = new Report();
    for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) await all[name]({ dir, hello, runs, report });
    for (const budget of report.missed) process.stdout.write(`missed: ${budget}\n`);
    if (report.missed.length > 0 && !short) process.exitCode = 1;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
