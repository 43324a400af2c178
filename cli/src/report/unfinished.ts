import type { Unfinished } from '../startCheck/messages';

/** What a start check did not start, or not to its end, with the reasons; empty where it started all. */
export function unfinishedText(unfinished: readonly Unfinished[] = []): string {
  return unfinished
    .map(
      ({ pluginId, moduleId, why }) => `${moduleId === undefined ? pluginId : `${moduleId} (for ${pluginId})`}: ${why}`,
    )
    .join('; ');
}
