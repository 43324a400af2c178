import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StagedBundle } from '../stage/stagedBundle';
import type { ScannedPluginManifest, ScannedPluginPackage } from './types';

/** A staged bundle as `getScannedPackage` gives it. */
export function scannedPackage({ dir, packageJson }: StagedBundle): ScannedPluginPackage {
  const alphaManifest = readAlpha(join(dir, 'alpha', 'package.json'));
  return {
    location: pathToFileURL(dir),
    manifest: packageJson as ScannedPluginManifest,
    ...(alphaManifest && { alphaManifest }),
  };
}

/** Undefined if it is absent; one that is not JSON is reported when the package is loaded. */
function readAlpha(file: string): ScannedPluginPackage['alphaManifest'] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ScannedPluginPackage['alphaManifest'];
  } catch {
    return undefined;
  }
}
