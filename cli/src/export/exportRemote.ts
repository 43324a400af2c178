import { StagedoorError } from '@stagedoor/bundle';
import { inlinedSummary } from './bundle/bundleContents';
import { checkHost } from './check/checkHost';
import { checkLockfile } from './check/checkLockfile';
import { writeManifest } from './describe/manifest';
import { buildRemote } from './frontend/buildRemote';
import { describeRemote } from './frontend/describeRemote';
import { explainRemote } from './frontend/explainRemote';
import { readRemoteContents } from './frontend/remoteContents';
import { ownWarnings } from './frontend/remoteFailure';
import { ownEdges, sharedRanges } from './frontend/remoteImports';
import { explainFault } from './output/exportFaults';
import { placeOutput } from './output/placeOutput';
import { stageOutput } from './output/stagingFolder';
import type { ExportOptions } from './plan/options';
import type { ExportedPackage } from './plan/plan';
import type { ExportResult } from './result';
import { PackageFinder } from './source/installedPackage';
import { LockfileReader } from './source/lockfile/readLockfile';

/**
 * Exports a frontend plugin to the folder `out`: bundle → describe → check → pack. It is not started: it runs in browsers
 * only. Throws USAGE for decisions that are for bundles of backends, and the codes of its steps.
 */
export async function exportRemote(
  exported: ExportedPackage,
  out: string,
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
    const build = await buildRemote(exported, staging, finder);
    signal?.throwIfAborted();
    const contents = readRemoteContents(exported, build, finder);
    const lockfile = await (options.lockfiles ?? new LockfileReader()).of(exported.workspace);
    const locked = checkLockfile(exported, lockfile, ownEdges(contents.edges));
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
    checkHost(exported, { peers: {}, native: false });

    const facts = { peerDependencies: shared, native: false, started: undefined };
    const finished = await writeManifest(staging, exported, facts);
    return {
      name,
      version: pkg.version,
      role,
      startCheck: 'skipped',
      verified: false,
      ...(await placeOutput(staging, exported, out, options)),
      ...finished,
      pluginIds: pkg.backstage?.pluginId && role === 'frontend-plugin' ? [pkg.backstage.pluginId] : [],
      modules: [],
      openedRoutes: [],
      extensionPoints: [],
      warnings: [...exported.warnings, ...schemaWarnings, ...ownWarnings(build.stats.warnings ?? [], exported)],
      shared,
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

function refuseOverrides({ pkg }: ExportedPackage, overrides: ExportOptions['overrides'] = {}): void {
  const given = Object.entries(overrides).filter(([, patterns]) => (patterns as string[] | undefined)?.length);
  if (given.length === 0) return;
  throw new StagedoorError('USAGE', `--${given[0]![0]} does not apply to ${pkg.name}, which runs in browsers.`, {
    hint: 'Leave it out: frontend plugins share what Backstage apps share, and carry everything else.',
  });
}
