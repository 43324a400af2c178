import type { JsonObject } from '@backstage/types';
import { isInside, remoteFault, type BundleManifest } from '@stagedoor/bundle';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { remoteInvalid } from './errors';

/** Path at which apps request remotes, the same as upstream's. */
export const REMOTES_PATH = '/.backstage/dynamic-features';

/** Location of a Module Federation remote, in the format of `@module-federation/runtime`. */
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
  /** Version of the build in service; the digest changes with every update. Only in portals whose remotes come and go. */
  version?: string;
  digest?: string;
  /**
   * The app-config that it makes visible in browsers. Only in portals whose remotes come and go; in others the page contains
   * it.
   */
  config?: JsonObject;
}

/** Overrides how the remote of a package is served. */
export interface FrontendRemoteResolver {
  /** Folder of its assets in the package. Default: `dist`. */
  assetsPathFromPackage?: string;
  /** Its manifest in that folder. Default: `mf-manifest.json`. */
  manifestFileName?: string;
  /** Whether apps receive the manifest or the entry script. Default: `manifest`. */
  getRemoteEntryType?: (manifest: JsonObject) => 'manifest' | 'javascript';
  /** Further members of {@link RemoteInfo}. */
  getAdditionalRemoteInfo?: (manifest: JsonObject) => Omit<RemoteInfo, 'name' | 'entry'>;
  /** The same under its original, misspelt name. */
  getAdditionaRemoteInfo?: (manifest: JsonObject) => Omit<RemoteInfo, 'name' | 'entry'>;
  /** Replaces the exposed modules of the manifest. */
  overrideExposedModules?: (exposedModules: string[], manifest: JsonObject) => string[];
  /** Replaces the manifest that apps receive. */
  customizeManifest?: (manifest: JsonObject) => JsonObject;
}

/** A remote and its files. */
export interface ServedRemote {
  remote: Remote;
  /** Returns the current `config` of the remote. */
  config?: () => Promise<JsonObject | undefined>;
  assets: Assets;
  /** Files of the previous build: pages that were opened with it keep requesting its scripts. */
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
  /** The manifest that the files must match; absent for bundles of other tools. */
  manifest?: BundleManifest;
}

/** The part of `mf-manifest.json` that is used. */
interface FederationManifest extends JsonObject {
  name: string;
  metaData: { remoteEntry: { name: string } };
  exposes: Array<{ name: string }>;
}

/** Inputs of {@link readRemote}. */
export interface RemotePlace {
  packageName: string;
  /** Folder of the bundle. */
  dir: string;
  manifest?: BundleManifest;
  /** `backend.baseUrl`. */
  baseUrl: string;
}

/** Reads the remote of a frontend plugin. Throws REMOTE_INVALID for an invalid one. */
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
    throw remoteInvalid(packageName, `its entry ${entry} does not exist`);
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
    throw remoteInvalid(packageName, `${file} ${whyUnreadable(cause)}`, cause);
  }
  const { name, metaData, exposes } = manifest ?? {};
  if (typeof name !== 'string' || name === '') throw remoteInvalid(packageName, `${file} has no name`);
  if (typeof metaData?.remoteEntry?.name !== 'string') throw remoteInvalid(packageName, `${file} has no remoteEntry`);
  if (!Array.isArray(exposes) || !exposes.every((module) => typeof module?.name === 'string')) {
    throw remoteInvalid(packageName, `${file} does not list the exposed modules`);
  }
  return manifest as FederationManifest;
}

/** Without a path of this machine. */
function whyUnreadable(error: unknown): string {
  if (error instanceof SyntaxError) return 'is not JSON';
  return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is missing' : 'cannot be read';
}
