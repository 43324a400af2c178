import { readFile } from 'node:fs/promises';
import {
  BUNDLE_FORMAT,
  MANIFEST_FILE,
  backstageRelease,
  digestOf,
  formatManifest,
  isBackendRole,
  listFiles,
  sha256File,
  type BundleManifest,
} from '@stagedoor/bundle';
import { version } from '../../../package.json';
import type { StartedBundle } from '../../startCheck/messages';
import type { Staging } from '../output/stagingFolder';
import type { ExportedPackage } from '../plan/plan';
import type { Workspace } from '../source/workspace';

/** What the manifest says besides what lies in the folder. */
export interface ManifestFacts {
  peerDependencies: Record<string, string>;
  /** True where a hoisted package carries native code. */
  native: boolean;
  /** What the start check found; undefined where the bundle was not started. */
  started: StartedBundle | undefined;
}

/** The size of a finished bundle. */
export interface FinishedBundle {
  /** sha256 over the canonical file list. */
  digest: string;
  /** Size of all files, and their number. */
  bytes: number;
  files: number;
}

/** Writes the manifest of the finished bundle, the last of its files, and tells how large it is now. */
export async function writeManifest(
  staging: Staging,
  plan: ExportedPackage,
  facts: ManifestFacts,
): Promise<FinishedBundle> {
  const manifest = await bundleManifest(plan, staging.dir, facts);
  const text = formatManifest(manifest);
  await staging.write(MANIFEST_FILE, text);
  const bytes = manifest.files.reduce((sum, file) => sum + file.size, Buffer.byteLength(text));
  return { digest: manifest.digest, bytes, files: manifest.files.length + 1 };
}

/** Lists and hashes all other files. */
async function bundleManifest(plan: ExportedPackage, dir: string, facts: ManifestFacts): Promise<BundleManifest> {
  const files = await listFiles(dir);
  const release = backstageRelease(plan.dir)?.version;
  const lockfile = await describeLockfile(plan.workspace);
  return {
    format: BUNDLE_FORMAT,
    name: plan.name,
    version: plan.pkg.version,
    role: plan.role,
    source: { name: plan.pkg.name, version: plan.pkg.version, ...(lockfile && { lockfile }) },
    host: {
      ...(release && { backstage: release }),
      ...(isBackendRole(plan.role) && { node: '>=20.19.0' }),
      shared: facts.peerDependencies,
    },
    ...(facts.started && { provides: provided(facts.started) }),
    ...(facts.native && {
      native: { platform: process.platform, arch: process.arch, abi: process.versions.modules },
    }),
    files,
    digest: digestOf(files),
    tool: { name: '@stagedoor/cli', version },
    startCheck: facts.started ? 'passed' : 'skipped',
    verified: facts.started !== undefined,
  };
}

/** Plugins of one package start side by side, so the order in which they open routes is put right. */
function provided({
  pluginIds,
  modules,
  openedRoutes,
  extensionPoints,
  extensions,
  unfinished,
}: StartedBundle): BundleManifest['provides'] {
  const keyed = openedRoutes.map((route) => ({ key: `${route.pluginId} ${route.path} ${route.allow}`, route }));
  const sorted = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ route }) => ({ ...route }));
  return {
    pluginIds,
    modules,
    openedRoutes: sorted,
    extensionPoints,
    ...(extensions && { extensions }),
    ...(unfinished && { unfinished: unfinished.map((each) => ({ ...each })) }),
  };
}

async function describeLockfile({ lockfile }: Workspace): Promise<BundleManifest['source']['lockfile']> {
  if (!lockfile) return undefined;
  const sha256 = await sha256File(lockfile.file);
  if (lockfile.manager !== 'yarn') return { kind: lockfile.manager, sha256 };
  const berry = /^__metadata:/m.test(await readFile(lockfile.file, 'utf8'));
  return { kind: berry ? 'yarn-berry' : 'yarn-classic', sha256 };
}
