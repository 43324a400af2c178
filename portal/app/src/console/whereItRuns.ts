import type { Plugin } from './api/types';

/** True for what is served to browsers: nothing of it runs in the portal. */
export function isFrontend({ role }: Plugin): boolean {
  return role?.startsWith('frontend-') ?? false;
}

/** Where the code of a plugin runs, in words; undefined where none of it does. */
export function whereItRuns(plugin: Plugin): string | undefined {
  if (isFrontend(plugin)) return plugin.loaded && 'browsers';
  if (plugin.isolation === 'process') return 'a process of its own';
  return plugin.isolation && "the portal's process";
}
