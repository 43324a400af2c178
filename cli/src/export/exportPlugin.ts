import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SHARED_ROOT, findPackageDir, packBundle, packName, sharedPackages } from '@stagedoor/bundle';
import { explainFault, isEsbuildGone } from './faults';
import { fetchPackage } from './fetchPackage';
import { fillStaging } from './fillStaging';
import { locatePackage } from './locate';
import type { ExportOptions } from './options';
import { stageOutput } from './output';
import { planExport, type Plan } from './plan';
import type { ExportResult } from './result';

/** Where a plugin has no shared packages of its own, those that this package depends on count. */
const OWN_DIR = __dirname;
const SIGNAL_DELAY_MS = 100;

/**
 * Exports one plugin package as a dynamic bundle: plan, bundle, hoist, describe, verify, pack. The output folder
 * appears as a whole or not at all. Throws StagedoorError, or the reason of an aborted signal.
 */
export async function exportPlugin(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  try {
    const located = await locatePackage(options.cwd, options.target, (spec) => {
      options.onStep?.('fetch', `${spec.name}@${spec.range || 'latest'}`);
      const standIns = sharedPackages(OWN_DIR).filter(({ name }) => name !== SHARED_ROOT);
      return fetchPackage(spec, options.cwd, standIns, options.signal);
    });
    try {
      const plan = await planExport(located.dir, {
        sharedFrom: located.fetched ? OWN_DIR : sharedOf(located.dir),
        fetched: located.fetched,
        host: options.host,
        overrides: options.overrides,
      });
      options.onStep?.('plan', `${plan.pkg.name}@${plan.pkg.version}`);
      const out = options.out ? resolve(options.cwd, options.out) : located.out;
      return { ...(await writeBundle(plan, out, options)), durationMs: Math.round(performance.now() - started) };
    } finally {
      await located.dispose();
    }
  } catch (error) {
    // Ctrl-C in a terminal reaches esbuild's process too, and its end may be seen before the signal is.
    if (isEsbuildGone(error)) await setTimeout(SIGNAL_DELAY_MS);
    // What fails because everything was being stopped is not the reader's news.
    options.signal?.throwIfAborted();
    throw explainFault(error, options.cwd);
  }
}

async function writeBundle(plan: Plan, out: string, options: ExportOptions): Promise<Omit<ExportResult, 'durationMs'>> {
  const staging = await stageOutput(out, plan);
  try {
    const filled = await fillStaging(staging, plan, options);
    if (!options.pack) {
      await staging.commit();
      return { ...filled, path: out };
    }
    const archive = join(dirname(out), `${packName(plan.name)}-${plan.pkg.version}.tgz`);
    options.onStep?.('pack', archive);
    const { integrity } = await packBundle(staging.dir, staging.archive);
    options.signal?.throwIfAborted();
    await staging.commit(archive);
    return { ...filled, path: out, archive, integrity };
  } catch (error) {
    throw explainFault(error, out);
  } finally {
    await staging.discard();
  }
}

function sharedOf(dir: string): string {
  return findPackageDir(SHARED_ROOT, dir) ? dir : OWN_DIR;
}
