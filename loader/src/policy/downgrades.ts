import { StagedoorError } from '@stagedoor/bundle';
import { lt, valid } from 'semver';
import type { DowngradeSettings } from '../settings/downgrades';
import { matchesName } from './packageRules';

/**
 * Holds a build against the newest version of its package that has served: a signature says who made a build, and not that
 * it is the latest. A version that cannot be compared counts as older. Throws DOWNGRADE_REFUSED.
 */
export function checkDowngrade(
  { name, version }: { name: string; version: string },
  newest: string | undefined,
  { mode, allow, refuse }: DowngradeSettings,
): void {
  if (newest === undefined || (valid(version) && !lt(version, newest))) return;
  const named = (list: readonly string[]): boolean => list.some((pattern) => matchesName(pattern, name));
  if (!named(refuse) && (mode === 'allow' || named(allow))) return;
  throw new StagedoorError('DOWNGRADE_REFUSED', `${name}@${version} is older than ${newest}, which has served.`, {
    details: { version, newest },
  });
}
