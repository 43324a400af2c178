import { StagedoorError } from '@stagedoor/bundle';
import { inlinedSummary } from './bundle/bundleContents';
import { checkApp } from './check/checkApp';
import { checkHost } from './check/checkHost';
import { checkLockfile } from './check/checkLockfile';
import { writeManifest } from './describe/manifest';
import { appNeeds } from './frontend/appNeeds';
import { buildRemote, type RemoteBuild } from './frontend/buildRemote';
import { describeRemote } from './frontend/describeRemote';
import { explainRemote } from './frontend/explainRemote';
import { featureEntries } from './frontend/featureEntries';
import { exposedName } from './frontend/federation';
import { readRemoteContents } from './frontend/remoteContents';
import { ownWarnings } from './frontend/remoteFailure';
import { ownEdges } from './frontend/polyfills';
import { sharedRanges } from './frontend/remoteImports';
import { explainFault } from './output/exportFaults';
import { placeOutput } from './output/placeOutput';
import { stageOutput } from './output/stagingFolder';
import type { StartedFrontend } from '../startCheck/messages';
import type { Entry } from './plan/entries';
import type { ExportOptions } from './plan/options';
import type { ExportedPackage } from './plan/plan';
import type { ExportResult } from './result';
import { PackageFinder } from './source/installedPackage';
import { LockfileReader } from './source/lockfile/readLockfile';
import type { Release } from './source/release/release';

/**
 * Exports a frontend plugin to the folder `out`, for `release` where it is for a certain one: bundle → start check → describe → check → pack. Entry points that turn out to have no
 * feature are left out, for which the remote is built again. Throws USAGE for decisions that are for bundles of backends, and the codes of its steps.
 */
export async function exportRemote(
  exported: ExportedPackage,
  { out, release }: { out: string; release: Release | undefined },
  options: ExportOptions,
): Promise<Omit<ExportResult, 'durationMs'>> {
  const { onStep, onInputs, signal } = options;
  const { name, role, pkg } = exported;
  onStep?.('plan', `${pkg.name}@${pkg.version}`);
  const staging = await stageOutput(out, exported);
  try {
    refuseOverrides(exported, options.overrides);
    const finder = new PackageFinder();
    onStep?.('bundle', pkg.name);
    let entries = await featureEntries(exported);
    let build = await buildRemote(exported, entries, staging, finder);
    signal?.throwIfAborted();
    const started = options.startCheck ? await startCheck(staging.dir, exported, build, entries, options) : undefined;
    if (started && started.exposes.length < entries.length) {
      entries = entries.filter((entry) => started.exposes.includes(exposedName(entry.name)));
      await staging.clear();
      build = await buildRemote(exported, entries, staging, finder);
    }
    const contents = readRemoteContents(exported, build, finder);
    const lockfile = await (options.lockfiles ?? new LockfileReader()).of(exported.workspace);
    const locked = checkLockfile(exported, lockfile, ownEdges(contents.edges, finder));
    onInputs?.(contents.files);

    onStep?.('describe', name);
    const shared = sharedRanges(exported, contents, finder);
    const { entryFile } = build;
    const schemaWarnings = await describeRemote(staging, exported, {
      contents,
      entryFile,
      peerDependencies: shared,
      locked,
    });
    signal?.throwIfAborted();
    const needs = { ...shared, ...appNeeds(contents) };
    if (release) checkApp(exported, needs, release);
    const hostWarnings = checkHost(exported, { peers: {}, native: false });

    const facts = { peerDependencies: needs, native: false, started };
    const finished = await writeManifest(staging, exported, facts);
    return {
      name,
      version: pkg.version,
      role,
      startCheck: started ? 'passed' : 'skipped',
      verified: started !== undefined,
      ...(await placeOutput(staging, exported, out, options)),
      ...finished,
      pluginIds: started?.pluginIds ?? declaredIds(exported),
      modules: started?.modules ?? [],
      ...(started && { extensions: started.extensions }),
      openedRoutes: [],
      extensionPoints: [],
      warnings: [
        ...exported.warnings,
        ...schemaWarnings,
        ...hostWarnings,
        ...ownWarnings(build.stats.warnings ?? [], exported),
        ...(started?.warnings ?? []),
      ],
      shared: needs,
      inlined: inlinedSummary(contents),
      hoisted: [],
      ...(options.explain !== undefined && { explain: explainRemote(exported, contents, options.explain) }),
    };
  } catch (error) {
    throw explainFault(error, out);
  } finally {
    await staging.discard();
  }
}

async function startCheck(
  dir: string,
  { name, dir: pluginDir }: ExportedPackage,
  { container, entryFile }: RemoteBuild,
  entries: readonly Entry[],
  { onStep, cwd }: ExportOptions,
): Promise<StartedFrontend> {
  onStep?.('start check', name);
  // Late, because an export without it does not need what it is made of.
  const { checkFrontend } = await import('../startCheck/frontend/checkFrontend');
  const exposes = entries.map((entry) => exposedName(entry.name));
  return await checkFrontend(dir, { name, container, entryFile, exposes, sharedFrom: [pluginDir, cwd] });
}

function declaredIds({ role, pkg }: ExportedPackage): string[] {
  return pkg.backstage?.pluginId && role === 'frontend-plugin' ? [pkg.backstage.pluginId] : [];
}

function refuseOverrides({ pkg }: ExportedPackage, overrides: ExportOptions['overrides'] = {}): void {
  const given = Object.entries(overrides).filter(([, patterns]) => (patterns as string[] | undefined)?.length);
  if (given.length === 0) return;
  throw new StagedoorError('USAGE', `--${given[0]![0]} does not apply to ${pkg.name}, which runs in browsers.`, {
    hint: 'Leave it out: frontend plugins share what Backstage apps share, and carry everything else.',
  });
}
