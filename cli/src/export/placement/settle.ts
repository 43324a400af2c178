import type { BuildFailure } from 'esbuild';
import { isBuildFailure } from '../bundle/esbuild/buildFailure';
import type { Build } from '../bundle/bundleContents';
import { bundlePlugin, type Output } from '../bundle/bundlePlugin';
import { explainBuildFailure } from '../bundle/explainBuildFailure';
import type { ExportContext } from '../plan/exportContext';
import { assetPaths } from './assetPaths';
import { codeByName } from './codeByName';
import { forcedHoists } from './forcedHoists';
import { importsTopLevelAwait } from './importsTopLevelAwait';
import { inspect } from './inspect';
import { namedDependencies, packagesWithin } from './namedDependencies';
import { nativeAddons } from './nativeAddons';
import { optionalDependencies } from './optionalDependencies';
import { ownFiles } from './ownFiles';
import type { FailureRule, InspectedBuild, Rule } from './rule';
import { runtimeEntries } from './runtimeEntries';
import { topLevelAwait } from './topLevelAwait';
import { unmatchedGlobs } from './unmatchedGlobs';
import { unbuiltSources } from './unbuiltSources';

/** What may make a failed build succeed. The first rule with a decision counts. */
const FAILURE_RULES: readonly FailureRule[] = [unmatchedGlobs, unbuiltSources, optionalDependencies, topLevelAwait];

/**
 * What is looked at in a build that succeeded, stage by stage. Where the decisions of a stage call for another build, later
 * stages wait for it: what only a hoisted package needs is gone by then.
 */
const STAGES: ReadonlyArray<readonly Rule[]> = [
  [nativeAddons],
  [importsTopLevelAwait],
  [codeByName, packagesWithin],
  [ownFiles, assetPaths],
  [namedDependencies],
  [runtimeEntries],
];

/** Each round settles at least one package; real plugins need one to three. */
const MAX_ROUNDS = 20;

/**
 * Bundles, applies the rules to what came out, and bundles again until they decide nothing new. Throws
 * DEPENDENCY_NOT_INSTALLED or BUILD_FAILED.
 */
export async function buildUntilSettled(context: ExportContext): Promise<Build> {
  for (const decision of forcedHoists(context.plan)) context.decisions.apply(decision);
  for (let round = 1; ; round++) {
    let output: Output;
    try {
      output = await bundlePlugin(context);
    } catch (error) {
      if (!isBuildFailure(error)) throw error;
      if (round < MAX_ROUNDS && (await applyFailureRules(error, context))) continue;
      throw explainBuildFailure(error, context);
    }
    const build = inspect(output, context);
    if (await applyRules(build, context)) continue;
    return build;
  }
}

async function applyFailureRules(failure: BuildFailure, context: ExportContext): Promise<boolean> {
  for (const rule of FAILURE_RULES) {
    const decisions = await rule(failure, context);
    if (decisions.map((decision) => context.decisions.apply(decision)).includes(true)) return true;
  }
  return false;
}

async function applyRules(build: InspectedBuild, context: ExportContext): Promise<boolean> {
  for (const stage of STAGES) {
    let rebuild = false;
    for (const rule of stage) {
      for await (const decision of rule(build, context)) rebuild = context.decisions.apply(decision) || rebuild;
    }
    if (rebuild) return true;
  }
  return false;
}
