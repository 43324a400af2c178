import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import { validRange } from 'semver';
import { writeManifest } from '../describe/manifest';
import { checkHost } from '../check/checkHost';
import { inlinedSummary, type Filled } from '../filled';
import { PackageFinder } from '../source/installedPackage';
import { checkLockfile } from '../check/checkLockfile';
import { LockfileReader } from '../source/lockfile/readLockfile';
import type { ExportOptions } from '../options';
import type { Staging } from '../output/stagingFolder';
import type { ExportedPackage } from '../plan/plan';
import { buildRemote } from './buildRemote';
import { describeRemote } from './describeRemote';
import { explainRemote } from './explainRemote';
import { readRemoteContents, type RemoteContents } from './remoteContents';
import { ownWarnings } from './remoteFailure';

/**
 * Writes the finished bundle of a frontend plugin into `staging`. It is not started: it runs in browsers only. Throws
 * USAGE for decisions that are for bundles of backends, and the codes of its steps.
 */
export async function fillRemote(
  staging: Staging,
  exported: ExportedPackage,
  { onStep, onInputs, signal, lockfiles, explain, overrides }: ExportOptions,
): Promise<Filled> {
  refuseOverrides(exported, overrides);
  const finder = new PackageFinder();
  onStep?.('bundle', exported.pkg.name);
  const build = await buildRemote(exported, staging, finder);
  signal?.throwIfAborted();
  const contents = readRemoteContents(exported, build, finder);
  const lockfile = await (lockfiles ?? new LockfileReader()).of(exported.workspace);
  const locked = checkLockfile(exported, lockfile, ownEdges(contents));
  onInputs?.(contents.files);
  const shared = sharedRanges(exported, contents, finder);
  onStep?.('describe', exported.name);
  await describeRemote(staging, exported, { contents, entryFile: build.entryFile, peerDependencies: shared, locked });
  signal?.throwIfAborted();
  checkHost(exported, { peers: {}, native: false });
  const facts = { peerDependencies: shared, native: false, verified: undefined };
  const written = await writeManifest(staging, exported, facts);
  const declaredId = exported.pkg.backstage?.pluginId;
  return {
    name: exported.name,
    version: exported.pkg.version,
    role: exported.role,
    verified: false,
    pluginIds: declaredId && exported.role === 'frontend-plugin' ? [declaredId] : [],
    modules: [],
    openedRoutes: [],
    extensionPoints: [],
    warnings: [...exported.warnings, ...ownWarnings(build.stats.warnings ?? [], exported)],
    ...written,
    shared,
    inlined: inlinedSummary(contents),
    hoisted: [],
    ...(explain !== undefined && { explain: explainRemote(exported, contents, explain) }),
  };
}

function refuseOverrides({ pkg }: ExportedPackage, overrides: ExportOptions['overrides'] = {}): void {
  const given = Object.entries(overrides).filter(([, patterns]) => (patterns as string[] | undefined)?.length);
  if (given.length === 0) return;
  throw new StagedoorError('USAGE', `--${given[0]![0]} does not apply to ${pkg.name}, which runs in browsers.`, {
    hint: 'Leave it out: frontend plugins share what Backstage apps share, and carry everything else.',
  });
}

/** What the packager adds, the runtime of Module Federation, is no dependency of the plugin that its lockfile could know. */
function ownEdges({ edges }: RemoteContents): RemoteContents['edges'] {
  return edges.filter(({ to }) => !to?.name.startsWith('@module-federation/'));
}

/**
 * The range of every package that the app is asked for: what the plugin declares, or else what is installed for it.
 * What other packages declare is of no use: many name no React that came after them.
 */
function sharedRanges({ self, dir }: ExportedPackage, { imports }: RemoteContents, finder: PackageFinder) {
  const { dependencies, peerDependencies, devDependencies } = self.manifest;
  const ranges = [...imports.keys()].sort().map((name): [string, string] => {
    const declared = peerDependencies?.[name] ?? dependencies?.[name] ?? devDependencies?.[name];
    if (declared !== undefined && validRange(declared) !== null) return [name, declared];
    const place = findPackageDir(name, dir);
    const installed = place && finder.ofDir(place)?.version;
    return [name, installed ? `^${installed}` : '*'];
  });
  return Object.fromEntries(ranges);
}
