import { lt, valid } from 'semver';
import { versionTooOld } from './errors';
import type { ListedPlugin } from './list/readPluginList';

/**
 * Holds the version of a package against the `minVersion` of its entry: a tag that is moved back, or an older release in
 * the place of a newer one, has a valid signature too. Throws VERSION_TOO_OLD, also for what is not a version.
 */
export function assertNotOlder(
  { minVersion }: ListedPlugin,
  { name, version }: { name: string; version: string },
): void {
  if (minVersion === undefined || (valid(version) && !lt(version, minVersion))) return;
  throw versionTooOld(name, version, minVersion);
}
