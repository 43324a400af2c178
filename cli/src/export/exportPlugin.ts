import { dirname, join, resolve } from 'node:path';
import { packBundle, packName } from '@stagedoor/bundle';
import { fetchPackage } from './fetchPackage';
import { fillStaging } from './fillStaging';
import { locatePackage } from './locate';
import type { ExportOptions } from './options';
import { stageOutput } from './output';
import { planExport, type Plan } from './plan';
import type { ExportResult } from './result';

/**
 * Exports one plugin package as a dynamic bundle: plan, bundle, hoist, describe, verify, pack. The output folder
 * appears as a whole or not at all. Throws StagedoorError, or the reason of an aborted signal.
 */
export async function exportPlugin(options: ExportOptions): Promise<ExportResult> {
  const started = performance.now();
  try {
    const located = await locatePackage(options.cwd, options.target, (spec) => {
      options.onStep?.('fetch', `${spec.name}@${spec.range || 'latest'}`);
      return fetchPackage(spec, options.cwd, options.signal);
    });
    try {
      // Where a plugin has no shared packages of its own, those that this package depends on count.
      const plan = await planExport(located.dir, __dirname);
      options.onStep?.('plan', `${plan.pkg.name}@${plan.pkg.version}`);
      const out = options.out ? resolve(options.cwd, options.out) : located.out;
      return { ...(await writeBundle(plan, out, options)), durationMs: Math.round(performance.now() - started) };
    } finally {
      await located.dispose();
    }
  } catch (error) {
    // What fails because everything was being stopped is not the reader's news.
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function writeBundle(plan: Plan, out: string, options: ExportOptions): Promise<Omit<ExportResult, 'durationMs'>> {
  const staging = await stageOutput(out);
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
  } finally {
    await staging.discard();
  }
}
