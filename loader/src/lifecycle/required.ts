import { DOWN_STATES, type PluginStatus } from './states';

/**
 * Which of the required plugin ids and package names do not serve, given the statuses of all bundles and which plugins run
 * (static ones included). A newer drop that fails does not count while what was there before serves.
 */
export function missingOf(
  required: readonly string[],
  statuses: readonly PluginStatus[],
  runs: (pluginId: string) => boolean,
): string[] {
  return required.filter((idOrName) => {
    const bundles = statuses.filter(({ name, pluginIds }) => [name, ...pluginIds].includes(idOrName));
    if (bundles.some(({ state }) => DOWN_STATES.has(state))) return true;
    return !bundles.some(({ loaded }) => loaded) && !runs(idOrName);
  });
}
