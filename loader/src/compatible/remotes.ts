import type { JsonObject } from '@backstage/types';
import { StagedoorError, isInside } from '@stagedoor/bundle';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where a Module Federation remote is, as `@module-federation/runtime` takes it. */
export interface RemoteInfo {
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
  /** Folder of its assets. */
  assets: string;
  /** Served in place of a file of the assets. */
  instead?: { file: string; content: JsonObject };
}

/** What is read of `mf-manifest.json`. */
interface FederationManifest extends JsonObject {
  name: string;
  metaData: { remoteEntry: { name: string } };
  exposes: Array<{ name: string }>;
}

/**
 * Reads the remote of a frontend plugin in `dir`; `prefix` is the address that its assets will have. Throws REMOTE_INVALID for
 * one that no app could load.
 */
export function readRemote(
  packageName: string,
  dir: string,
  prefix: string,
  resolver: FrontendRemoteResolver = {},
): ServedRemote {
  const assets = resolve(dir, resolver.assetsPathFromPackage ?? 'dist');
  const manifestFile = resolver.manifestFileName ?? 'mf-manifest.json';
  const manifest = readManifest(packageName, assets, manifestFile);
  const kind = resolver.getRemoteEntryType?.(manifest) ?? 'manifest';
  const entry = kind === 'javascript' ? manifest.metaData.remoteEntry.name : manifestFile;
  if (!isInside(assets, resolve(assets, entry)) || !existsSync(resolve(assets, entry))) {
    throw invalid(packageName, `its entry ${entry} does not exist`);
  }
  const exposed = manifest.exposes.map(({ name }) => name);
  const additional = resolver.getAdditionalRemoteInfo ?? resolver.getAdditionaRemoteInfo;
  return {
    assets,
    remote: {
      packageName,
      remoteInfo: { name: manifest.name, entry: `${prefix}/${entry}`, ...additional?.(manifest) },
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
    throw invalid(packageName, `${file} cannot be read: ${(cause as Error).message}`, cause);
  }
  const { name, metaData, exposes } = manifest ?? {};
  if (typeof name !== 'string' || name === '') throw invalid(packageName, `${file} has no name`);
  if (typeof metaData?.remoteEntry?.name !== 'string') throw invalid(packageName, `${file} names no remoteEntry`);
  if (!Array.isArray(exposes) || !exposes.every((module) => typeof module?.name === 'string')) {
    throw invalid(packageName, `${file} does not say what it exposes`);
  }
  return manifest as FederationManifest;
}

function invalid(packageName: string, what: string, cause?: unknown): StagedoorError {
  return new StagedoorError('REMOTE_INVALID', `${packageName} is no Module Federation remote: ${what}.`, { cause });
}
