import { bundlePlugin, type Output } from './bundle';
import { explainBuildFailure, isBuildFailure } from './buildFailure';
import { readContents, type Contents } from './contents';
import { excludeAbsent, excludeUnbundlable } from './decide';
import type { Decisions } from './decisions';
import type { PackageFinder } from './installedPackage';
import type { Plan } from './plan';
import { useSources } from './sources';
import { hoistForced } from './overrides';
import { relocateModules } from './relocate';

/** The final build: its files, what is in them, what was left out. */
export interface Build {
  output: Output;
  contents: Contents;
}

/** Each round settles at least one package; real plugins need one to three. */
const MAX_ROUNDS = 20;

/**
 * Bundles, looks at what came out, decides what cannot be bundled, and bundles again until nothing changes.
 * Extends `decisions`. Throws DEPENDENCY_NOT_INSTALLED or BUILD_FAILED.
 */
export async function buildUntilSettled(plan: Plan, finder: PackageFinder, decisions: Decisions): Promise<Build> {
  for (let round = 1; ; round++) {
    try {
      const output = await bundlePlugin(plan, finder, decisions);
      const contents = readContents(plan, output, finder);
      if (hoistForced(plan, contents, decisions)) continue;
      if (await excludeUnbundlable(plan, output, contents, finder, decisions)) continue;
      return { output: await relocateModules(plan, output, decisions), contents };
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      if (round < MAX_ROUNDS && (await useSources(error, plan, decisions))) continue;
      if (round === MAX_ROUNDS || !excludeAbsent(error, plan, finder, decisions)) {
        throw explainBuildFailure(error, plan, finder);
      }
    }
  }
}
