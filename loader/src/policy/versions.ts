import type { VersionMode, VersionSettings } from '../settings/versions';
import { matchesName } from './packageRules';

/** What is done about a package that is not for the portal's release of Backstage. */
export function versionModeOf(name: string, settings: VersionSettings): VersionMode {
  const named = (['refuse', 'warn', 'ignore'] as const).find((mode) =>
    settings[mode].some((pattern) => matchesName(pattern, name)),
  );
  return named ?? settings.mode;
}
