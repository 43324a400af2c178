import { StagedoorError, isStagedoorError } from '@stagedoor/bundle';
import type { StartedBundle } from '../startCheck/messages';
import { inlinedSummary } from './bundle/bundleContents';
import { checkHost } from './check/checkHost';
import { checkLockfile } from './check/checkLockfile';
import { assembleBundle } from './describe/assembleBundle';
import type { BundleParts } from './describe/bundleParts';
import { exportInputs } from './describe/exportInputs';
import { writeManifest } from './describe/manifest';
import { ModuleAnalyser } from './analysis/moduleFacts';
import { packageImports } from './describe/packageImports';
import { peerRanges } from './describe/peers';
import { writeSbomAndLicences } from './describe/sbomAndLicences';
import { explainPackages } from './explain/explain';
import { copiedFiles } from './hoist/copiedFiles';
import { hoistForCopiedScripts, importsOfCopiedScripts, withScriptImports } from './hoist/copiedScripts';
import { importedHoists, layOutHoisted } from './hoist/layout';
import { loadPacklist } from './hoist/publishedFiles';
import { hoistNamed, unreachedDependencies, unreachedWarning } from './placement/unreached';
import { traceHoisted } from './hoist/trace';
import { explainFault } from './output/exportFaults';
import { placeOutput } from './output/placeOutput';
import { stageOutput } from './output/stagingFolder';
import { hoistFromStackTrace } from './placement/hoistFromStackTrace';
import { ownLateCode } from './placement/ownLateCode';
import { buildUntilSettled } from './placement/settle';
import { Decisions } from './plan/decisions';
import type { ExportContext } from './plan/exportContext';
import type { ExportOptions } from './plan/options';
import { unmatchedOverrides } from './plan/overrides';
import { furtherEntries, isFurther } from './plan/entries';
import { planExport, type ExportedPackage, type Plan } from './plan/plan';
import type { ExportResult } from './result';
import { PackageFinder } from './source/installedPackage';
import { LockfileReader } from './source/lockfile/readLockfile';
import type { Release } from './source/release/release';

/** Packages that only a failed start shows to be unbundlable; one round each. */
const MAX_ATTEMPTS = 5;

/**
 * Exports a package that runs in a backend to the folder `out`: plan → bundle → hoist → describe → check → pack. Where the
 * bundle does not start because an inlined package misses a file, that package is hoisted and the bundle made again.
 * `sharedFrom` is the folder that shared packages are resolved from, `release` what the bundle is for.
 */
export async function exportBackend(
  exported: ExportedPackage,
  { out, sharedFrom, release }: { out: string; sharedFrom: string; release: Release },
  options: ExportOptions,
): Promise<Omit<ExportResult, 'durationMs'>> {
  const { onStep, onInputs, signal } = options;
  onStep?.('plan', `${exported.pkg.name}@${exported.pkg.version}`);
  const plan = await planExport(exported, sharedFrom, options.overrides);
  if (plan.unmatched.length > 0 && !options.partOfMany) throw unmatchedOverrides(plan.unmatched, plan.pkg.name);
  const decisions = new Decisions(plan.forced);
  const context: ExportContext = {
    plan,
    options,
    finder: new PackageFinder(),
    analyser: new ModuleAnalyser(),
    decisions,
  };
  // Read while esbuild works; errors of the source are reported before its own.
  const lockfile = (options.lockfiles ?? new LockfileReader()).of(plan.workspace);
  const staging = await stageOutput(out, plan);
  try {
    for (let attempt = 1; ; attempt++) {
      onStep?.('bundle', plan.pkg.name);
      const [bundled] = await Promise.all([buildUntilSettled(context), loadPacklist()]);
      signal?.throwIfAborted();
      const copied = await copiedFiles(bundled, context);
      const scriptImports = await importsOfCopiedScripts(copied, context);
      for (const decision of hoistForCopiedScripts(scriptImports)) decisions.apply(decision);
      const build = withScriptImports(bundled, scriptImports);

      const roots = importedHoists(build, decisions);
      if (roots.length > 0) onStep?.('hoist', roots.map((entry) => entry.package.name).join(', '));
      const layout = layOutHoisted(roots, await traceHoisted(roots, context));
      const hoisted = { build, roots, layout };
      const unreached = unreachedDependencies(hoisted, context);
      if (await hoistNamed(unreached, hoisted, context)) continue;
      const imports = packageImports(hoisted, context);
      const locked = checkLockfile(plan, await lockfile, imports);
      onInputs?.(exportInputs(hoisted, copied, plan));
      signal?.throwIfAborted();

      onStep?.('describe', plan.name);
      const peers = peerRanges(hoisted, context);
      const parts: BundleParts = { ...hoisted, copied, imports, peers, locked };
      const { native, warnings } = await assembleBundle(staging, parts, context);
      await writeSbomAndLicences(staging, parts, context);
      signal?.throwIfAborted();

      const hostWarnings = checkHost(plan, { peers: peers.ranges, native }, release);
      let started: StartedBundle | undefined;
      try {
        started = options.startCheck ? await startCheck(staging.dir, context) : undefined;
      } catch (error) {
        const decision = attempt < MAX_ATTEMPTS ? hoistFromStackTrace(error, build, context) : undefined;
        if (!(decision && decisions.apply(decision)) && !addFurtherEntries(error, plan)) throw lookedAt(error, plan);
        await staging.clear();
        continue;
      }

      const finished = await writeManifest(staging, plan, { peerDependencies: peers.ranges, native, started });
      const explain =
        options.explain === undefined ? undefined : await explainPackages(options.explain, parts, context);
      return {
        ...whatStarts(plan, started),
        ...(await placeOutput(staging, plan, out, options)),
        ...finished,
        warnings: [
          ...plan.warnings,
          ...warnings,
          ...peers.warnings,
          ...hostWarnings,
          ...unreachedWarning(unreached),
          ...(await ownLateCode(build, context)),
          ...(started?.warnings ?? []),
        ],
        shared: peers.ranges,
        inlined: inlinedSummary(build.contents),
        hoisted: roots.map(({ package: { name, version }, reason }) => ({ name, version, reason: reason.text })),
        ...(explain && { explain }),
        ...(plan.unmatched.length > 0 && { unmatched: [...plan.unmatched] }),
      };
    }
  } catch (error) {
    throw explainFault(error, out);
  } finally {
    await staging.discard();
  }
}

const WITHOUT_FEATURE: ReadonlySet<string> = new Set(['NOT_A_FEATURE', 'LEGACY_BACKEND']);

/** Adds the other entry points to the plan of a package whose main ones have no feature; false where there are none, or they are in it. */
function addFurtherEntries(error: unknown, plan: Plan): boolean {
  if (!isStagedoorError(error) || !WITHOUT_FEATURE.has(error.code) || plan.entries.some(isFurther)) return false;
  const further = furtherEntries(plan.dir, plan.pkg);
  plan.entries.push(...further);
  return further.length > 0;
}

/** The error of a package without a feature, with the entry points that were looked at. */
function lookedAt(error: unknown, { entries }: Plan): unknown {
  if (!isStagedoorError(error) || !WITHOUT_FEATURE.has(error.code)) return error;
  const subpaths = entries.map(({ subpath }) => subpath);
  const { code, hint, cause, details } = error;
  return new StagedoorError(code, `${error.message} Entry points looked at: ${subpaths.join(', ')}.`, {
    hint,
    cause,
    details: { ...details, entries: subpaths },
  });
}

async function startCheck(dir: string, { plan, options }: ExportContext): Promise<StartedBundle> {
  options.onStep?.('start check', plan.name);
  // Late, because an export without it does not need what it is made of.
  const { checkStart } = await import('../startCheck/startCheck');
  return await checkStart(dir, { sharedFrom: plan.sharedFrom, alsoShared: [...plan.shared.values()] });
}

/** What the start check found, or what package.json says where there was none. */
function whatStarts({ name, pkg, role }: Plan, started: StartedBundle | undefined) {
  const declaredId = role === 'backend-plugin' ? pkg.backstage?.pluginId : undefined;
  return {
    name,
    version: pkg.version,
    role,
    startCheck: started ? ('passed' as const) : ('skipped' as const),
    verified: started !== undefined,
    pluginIds: started?.pluginIds ?? (declaredId ? [declaredId] : []),
    modules: started?.modules ?? [],
    openedRoutes: started?.openedRoutes ?? [],
    extensionPoints: started?.extensionPoints ?? [],
    ...(started?.unfinished && { unfinished: started.unfinished }),
  };
}
