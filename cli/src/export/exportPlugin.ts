import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { SHARED_ROOT, findPackageDir, isFrontendRole, packBundle, packName, sharedPackages } from '@stagedoor/bundle';
import { explainFault, isEsbuildGone } from './faults';
import { fetchPackage } from './fetchPackage';
import type { Filled } from './filled';
import { fillStaging } from './fillStaging';
import { locatePackage, type Located } from './locate';
import type { ExportOptions } from './options';
import { stageOutput, type Staging } from './output';
import { planExport, readExported, type ExportedPackage } from './plan';
import type { ExportResult } from './result';

/** Where neither a plugin nor the app around it has shared packages, those that this package depends on count. */
const OWN_DIR = __dirname;
const SIGNAL_DELAY_MS = 100;

/**
 * Exports one plugin package as a dynamic bundle: plan, bundle, hoist, describe, verify, pack. The output folder
 * appears as a whole or not at all. Throws StagedoorError, or the reason of an aborted signal.
 */
export async function exportPlugin(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  try {
    const { integrity } = options;
    const located = await locatePackage(options.cwd, options.target, integrity === undefined, (spec) => {
      options.onStep?.('fetch', `${spec.name}@${spec.range || 'latest'}`);
      const standIns = sharedPackages(sharedOf(options.cwd)).filter(({ name }) => name !== SHARED_ROOT);
      return fetchPackage(
        { ...spec, ...(integrity !== undefined && { integrity }) },
        options.cwd,
        standIns,
        options.signal,
      );
    });
    try {
      const exported = await readExported(located.dir, located.fetched, options.host);
      const fill = await planFilling(exported, located, options);
      options.onStep?.('plan', `${exported.pkg.name}@${exported.pkg.version}`);
      const out = options.out ? resolve(options.cwd, options.out) : located.out;
      const result = await writeBundle(exported, out, fill, options);
      return { ...result, durationMs: Math.round(performance.now() - started) };
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

/** Writes a finished bundle into the staging folder. */
type Filling = (staging: Staging) => Promise<Filled>;

async function planFilling(exported: ExportedPackage, located: Located, options: ExportOptions): Promise<Filling> {
  if (isFrontendRole(exported.role)) {
    // Late, because it brings a bundler of its own.
    const { fillRemote } = await import('./frontend/fillRemote');
    return (staging) => fillRemote(staging, exported, options);
  }
  const plan = await planExport(exported, {
    sharedFrom: sharedOf(located.fetched ? options.cwd : located.dir),
    overrides: options.overrides,
    localSources: options.localSources,
    rebuilds: options.rebuilds,
  });
  return (staging) => fillStaging(staging, plan, options);
}

async function writeBundle(
  plan: ExportedPackage,
  out: string,
  fill: Filling,
  options: ExportOptions,
): Promise<Omit<ExportResult, 'durationMs'>> {
  const staging = await stageOutput(out, plan);
  try {
    const filled = await fill(staging);
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
