import { DOWN_STATES, type RecordedStatus } from './states';

/**
 * The required plugin ids and package names that do not serve, given the statuses of all bundles and the running plugins
 * (static ones included). A newer drop that fails does not count while the earlier build serves.
 */
export function missingOf(
  required: readonly string[],
  statuses: readonly RecordedStatus[],
  runs: (pluginId: string) => boolean,
): string[] {
  return required.filter((idOrName) => {
    const bundles = statuses.filter(({ name, pluginIds }) => [name, ...pluginIds].includes(idOrName));
    if (bundles.some(({ state }) => DOWN_STATES.has(state))) return true;
    return !bundles.some(({ loaded }) => loaded) && !runs(idOrName);
  });
}
