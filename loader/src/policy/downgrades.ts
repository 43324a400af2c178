import { lt, valid } from 'semver';
import type { DowngradeSettings } from '../settings/downgrades';
import { downgradeRefused } from './errors';
import { matchesName } from './packageRules';

/**
 * Compares a build with the newest version of its package that has served: a signature proves who made a build, not that it
 * is the latest. An invalid version counts as older. Throws DOWNGRADE_REFUSED.
 */
export function checkDowngrade(
  { name, version }: { name: string; version: string },
  newest: string | undefined,
  { mode, allow, refuse }: DowngradeSettings,
): void {
  if (newest === undefined || (valid(version) && !lt(version, newest))) return;
  const named = (list: readonly string[]): boolean => list.some((pattern) => matchesName(pattern, name));
  if (!named(refuse) && (mode === 'allow' || named(allow))) return;
  throw downgradeRefused(name, version, newest);
}
