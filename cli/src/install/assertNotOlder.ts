import { lt, valid } from 'semver';
import { versionTooOld } from './errors';
import type { ListedPlugin } from './list/readPluginList';

/**
 * Compares the version of a package with the `minVersion` of its entry: an older release, for example under a moved tag, has
 * a valid signature too. Throws VERSION_TOO_OLD, also for an invalid version.
 */
export function assertNotOlder(
  { minVersion }: ListedPlugin,
  { name, version }: { name: string; version: string },
): void {
  if (minVersion === undefined || (valid(version) && !lt(version, minVersion))) return;
  throw versionTooOld(name, version, minVersion);
}
