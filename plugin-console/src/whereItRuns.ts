import type { Plugin } from './api/types';
import type { Text } from './translation';

/** True for a frontend plugin: none of it runs in the portal. */
export function isFrontend({ role }: Plugin): boolean {
  return role?.startsWith('frontend-') ?? false;
}

/** Where the code of a plugin runs, in words; undefined if none of it does. */
export function whereItRuns(plugin: Plugin, t: Text): string | undefined {
  if (isFrontend(plugin)) return plugin.loaded && t('runsIn.browsers');
  if (plugin.isolation === 'process') return t('runsIn.process');
  return plugin.isolation && t('runsIn.portal');
}
