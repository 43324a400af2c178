import type { JsonObject } from '@backstage/types';
import { StagedoorError, isInside, remoteFault, type BundleManifest } from '@stagedoor/bundle';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where apps ask for remotes; the same path as upstream's. */
export const REMOTES_PATH = '/.backstage/dynamic-features';

/** Where a Module Federation remote is, as `@module-federation/runtime` takes it. */
interface RemoteInfo {
  name: string;
  /** Address of its manifest, or of its entry script. */
  entry: string;
  entryGlobalName?: string;
  shareScope?: string;
  type?: string;
}

/** One entry of `GET /.backstage/dynamic-features/remotes`. */
export interface Remote {
  packageName: string;
  remoteInfo: RemoteInfo;
  exposedModules: string[];
  /** Of the build that serves; the digest changes with every upgrade. Only where remotes come and go. */
  version?: string;
  digest?: string;
  /** What it lets browsers see of app-config. Only where remotes come and go: elsewhere the page has it. */
  config?: JsonObject;
}

/** How the remote of a package is served where it is not as usual. */
export interface FrontendRemoteResolver {
  /** Folder of its assets in the package. Default: `dist`. */
  assetsPathFromPackage?: string;
  /** Its manifest in that folder. Default: `mf-manifest.json`. */
  manifestFileName?: string;
  /** Whether apps are given the manifest or the entry script. Default: `manifest`. */
  getRemoteEntryType?: (manifest: JsonObject) => 'manifest' | 'javascript';
  /** Further members of {@link RemoteInfo}. */
  getAdditionalRemoteInfo?: (manifest: JsonObject) => Omit<RemoteInfo, 'name' | 'entry'>;
  /** The same under the name that upstream first gave it. */
  getAdditionaRemoteInfo?: (manifest: JsonObject) => Omit<RemoteInfo, 'name' | 'entry'>;
  /** Names other modules than the manifest does. */
  overrideExposedModules?: (exposedModules: string[], manifest: JsonObject) => string[];
  /** What apps get in place of the manifest. */
  customizeManifest?: (manifest: JsonObject) => JsonObject;
}

/** A remote with what is served for it. */
export interface ServedRemote {
  remote: Remote;
  /** Gives `config` of the remote, of this moment. */
  config?: () => Promise<JsonObject | undefined>;
  assets: Assets;
  /** Those of the build before: pages that were opened with it go on asking for its scripts. */
  earlier?: Assets;
  /** Served in place of a file of the assets. */
  instead?: { file: string; content: JsonObject };
}

/** Files of a bundle that browsers may have. */
export interface Assets {
  /** Folder of the bundle. */
  bundle: string;
  /** Folder of the files, in it. */
  folder: string;
  /** What the files must be; absent for bundles of other tools. */
  manifest?: BundleManifest;
}

/** What is read of `mf-manifest.json`. */
interface FederationManifest extends JsonObject {
  name: string;
  metaData: { remoteEntry: { name: string } };
  exposes: Array<{ name: string }>;
}

/** What {@link readRemote} reads. */
export interface RemotePlace {
  packageName: string;
  /** Folder of the bundle. */
  dir: string;
  manifest?: BundleManifest;
  /** `backend.baseUrl`. */
  baseUrl: string;
}

/** Reads the remote of a frontend plugin. Throws REMOTE_INVALID for one that no app could load. */
export function readRemote(
  { packageName, dir, manifest: bundleManifest, baseUrl }: RemotePlace,
  resolver: FrontendRemoteResolver = {},
): ServedRemote {
  const assets = resolve(dir, resolver.assetsPathFromPackage ?? 'dist');
  const manifestFile = resolver.manifestFileName ?? 'mf-manifest.json';
  const usual = resolver.assetsPathFromPackage === undefined && resolver.manifestFileName === undefined;
  const fault = usual ? remoteFault(packageName, dir) : undefined;
  if (fault) throw fault;
  const manifest = readManifest(packageName, assets, manifestFile);
  const kind = resolver.getRemoteEntryType?.(manifest) ?? 'manifest';
  const entry = kind === 'javascript' ? manifest.metaData.remoteEntry.name : manifestFile;
  if (!isInside(assets, resolve(assets, entry)) || !existsSync(resolve(assets, entry))) {
    throw invalid(packageName, `its entry ${entry} does not exist`);
  }
  const exposed = manifest.exposes.map(({ name }) => name);
  const additional = resolver.getAdditionalRemoteInfo ?? resolver.getAdditionaRemoteInfo;
  return {
    assets: { bundle: dir, folder: assets, ...(bundleManifest && { manifest: bundleManifest }) },
    remote: {
      packageName,
      remoteInfo: {
        name: manifest.name,
        entry: `${baseUrl}${REMOTES_PATH}/remotes/${packageName}/${entry}`,
        ...additional?.(manifest),
      },
      exposedModules: resolver.overrideExposedModules?.(exposed, manifest) ?? exposed,
    },
    ...(kind === 'manifest' &&
      resolver.customizeManifest && { instead: { file: entry, content: resolver.customizeManifest(manifest) } }),
  };
}

function readManifest(packageName: string, assets: string, file: string): FederationManifest {
  let manifest: Partial<FederationManifest> | null;
  try {
    manifest = JSON.parse(readFileSync(resolve(assets, file), 'utf8')) as Partial<FederationManifest> | null;
  } catch (cause) {
    throw invalid(packageName, `${file} ${whyUnreadable(cause)}`, cause);
  }
  const { name, metaData, exposes } = manifest ?? {};
  if (typeof name !== 'string' || name === '') throw invalid(packageName, `${file} has no name`);
  if (typeof metaData?.remoteEntry?.name !== 'string') throw invalid(packageName, `${file} names no remoteEntry`);
  if (!Array.isArray(exposes) || !exposes.every((module) => typeof module?.name === 'string')) {
    throw invalid(packageName, `${file} does not say what it exposes`);
  }
  return manifest as FederationManifest;
}

/** Never with a path of this machine. */
function whyUnreadable(error: unknown): string {
  if (error instanceof SyntaxError) return 'is not JSON';
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read';
}

function invalid(packageName: string, what: string, cause?: unknown): StagedoorError {
  return new StagedoorError('REMOTE_INVALID', `${packageName} is not a Module Federation remote: ${what}.`, { cause });
}
