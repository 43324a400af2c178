import type { VerifiedBundle } from '../startCheck/messages';
import { assembleBundle } from './describe/assembleBundle';
import { buildUntilSettled, type Build } from './placement/settle';
import { Decisions, type Hoisted } from './plan/decisions';
import { writeManifest } from './describe/manifest';
import { writeMaterials } from './describe/sbomAndLicences';
import { explainPackages } from './explain/explain';
import { inlinedSummary, type Filled } from './filled';
import { layOutHoisted, topLevelVersions, type HoistLayout } from './hoist/layout';
import { checkHost } from './check/checkHost';
import { inputPaths } from './describe/exportInputs';
import { PackageFinder } from './source/installedPackage';
import { packageImports, type ImportEdge } from './describe/packageImports';
import { checkLockfile } from './check/checkLockfile';
import type { Lockfile } from './source/lockfile/lockfile';
import { LockfileReader } from './source/lockfile/readLockfile';
import type { ExportOptions } from './options';
import type { Staging } from './output/stagingFolder';
import { peerRanges, type Peers } from './describe/peers';
import { loadPacklist } from './hoist/publishedFiles';
import type { Plan } from './plan/plan';
import { hoistSuspect } from './placement/hoistFromStackTrace';
import { traceHoisted } from './hoist/trace';
import { hoistForScripts, travellingFiles } from './hoist/copiedFiles';

/** Packages that only a failed start shows to be unbundlable; one round each. */
const MAX_ATTEMPTS = 5;

/** One way to bundle the plugin, written to the staging folder. */
interface Attempt {
  build: Build;
  peers: Peers;
  native: boolean;
  /** The hoisted packages that the output imports. */
  roots: Hoisted[];
  layout: HoistLayout;
  imports: ImportEdge[];
}

/**
 * Writes the finished bundle into `staging`. Where it does not start because an inlined package misses a file, that
 * package is hoisted and the bundle made again.
 */
export async function fillStaging(staging: Staging, plan: Plan, options: ExportOptions): Promise<Filled> {
  const finder = new PackageFinder();
  const decisions = new Decisions(plan.forced);
  // Read while esbuild works; what is wrong with it is told after what is wrong with the source.
  const lockfile = (options.lockfiles ?? new LockfileReader()).of(plan.workspace);
  for (let attempt = 1; ; attempt++) {
    const made = await makeBundle(staging, plan, finder, decisions, lockfile, options);
    let verified: VerifiedBundle | undefined;
    try {
      verified = options.verify ? await verify(staging, plan, options) : undefined;
    } catch (error) {
      if (attempt === MAX_ATTEMPTS || !hoistSuspect(error, plan, made.build, finder, decisions)) throw error;
      await staging.clear();
      continue;
    }
    const filled = await finish(staging, plan, made, verified);
    if (options.explain === undefined) return filled;
    return { ...filled, explain: await explainPackages(plan, { ...made, decisions, finder }, options.explain) };
  }
}

async function makeBundle(
  staging: Staging,
  plan: Plan,
  finder: PackageFinder,
  decisions: Decisions,
  lockfile: Promise<Lockfile | undefined>,
  { onStep, onInputs, signal }: ExportOptions,
): Promise<Attempt> {
  onStep?.('bundle', plan.pkg.name);
  const [build] = await Promise.all([buildUntilSettled(plan, finder, decisions), loadPacklist()]);
  signal?.throwIfAborted();
  const travelling = await travellingFiles(plan, build.contents, decisions);
  await hoistForScripts(plan, travelling, build.contents, finder, decisions);
  // A package that was hoisted first may be reached only through another one by now.
  const roots = [...decisions.hoisted.values()].filter(({ as }) => build.contents.imports.has(as));
  if (roots.length > 0) onStep?.('hoist', roots.map((entry) => entry.package.name).join(', '));
  const layout = layOutHoisted(roots, await traceHoisted(plan, roots, finder));
  const imports = packageImports(plan, build, roots, layout, finder);
  const locked = checkLockfile(plan, await lockfile, imports);
  onInputs?.(inputPaths(plan, build, layout, travelling));
  const peers = peerRanges(
    plan,
    build.contents,
    [...layout.values()].map(({ dir }) => finder.ofDir(dir)!),
  );
  signal?.throwIfAborted();
  onStep?.('describe', plan.name);
  const { native } = await assembleBundle(staging, plan, {
    build,
    decisions,
    layout,
    hoisted: topLevelVersions(layout),
    travelling,
    peerDependencies: peers.ranges,
  });
  await writeMaterials(staging, plan, { build, decisions, layout, finder, imports, travelling, locked });
  signal?.throwIfAborted();
  peers.warnings.push(...checkHost(plan, { peers: peers.ranges, native }));
  return { build, peers, native, roots, layout, imports };
}

async function verify(staging: Staging, plan: Plan, options: ExportOptions): Promise<VerifiedBundle> {
  options.onStep?.('verify', plan.name);
  const { verifyBundle } = await import('../startCheck/verifyBundle');
  return verifyBundle(staging.dir, { sharedFrom: plan.sharedFrom, alsoShared: [...plan.shared.values()] });
}

async function finish(
  staging: Staging,
  plan: Plan,
  { build, peers, native, roots }: Attempt,
  verified: VerifiedBundle | undefined,
): Promise<Filled> {
  const written = await writeManifest(staging, plan, { peerDependencies: peers.ranges, native, verified });
  const declaredId = plan.pkg.backstage?.pluginId;
  return {
    name: plan.name,
    version: plan.pkg.version,
    role: plan.role,
    verified: verified !== undefined,
    pluginIds: verified?.pluginIds ?? (declaredId && plan.role === 'backend-plugin' ? [declaredId] : []),
    modules: verified?.modules ?? [],
    openedRoutes: verified?.openedRoutes ?? [],
    extensionPoints: verified?.extensionPoints ?? [],
    warnings: [...plan.warnings, ...peers.warnings, ...(verified?.warnings ?? [])],
    ...written,
    shared: peers.ranges,
    inlined: inlinedSummary(build.contents),
    hoisted: roots.map(({ package: { name, version }, reason }) => ({
      name,
      version,
      reason,
    })),
  };
}
