import { findPackageDir } from '@stagedoor/bundle';
import { patchPackagePaths } from './packagePaths';
import type { Patch } from './patchProperty';
import { patchRealPaths } from './realPaths';

/**
 * Applies the patches with which staged bundles find packages, before any of them is loaded. `backendPluginApiDir` is the
 * folder of the host's `@backstage/backend-plugin-api`, if it has one.
 */
export function patchResolution(
  backendPluginApiDir = findPackageDir('@backstage/backend-plugin-api', __dirname),
): Patch {
  const patches = [patchRealPaths(), ...(backendPluginApiDir ? [patchPackagePaths(backendPluginApiDir)] : [])];
  return { dispose: () => patches.forEach((patch) => patch.dispose()) };
}
