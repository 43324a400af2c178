import { bundlePlugin, type Output } from '../bundle/bundlePlugin';
import { explainBuildFailure, isBuildFailure } from '../bundle/buildFailure';
import { readContents, type Contents } from '../bundle/bundleContents';
import { excludeAbsent, excludeUnbundlable } from './decide';
import type { Decisions } from '../plan/decisions';
import type { PackageFinder } from '../source/installedPackage';
import type { Plan } from '../plan/plan';
import { useSources } from './unbuiltSources';
import { hoistForced } from '../plan/overrides';
import { relocateModules } from '../bundle/relocate';

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
