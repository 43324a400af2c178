import { filterMatchesNothing } from './errors';
import type { WorkspacePlugin } from './findPlugins';

/**
 * The plugins that `filters` select, all where there are none. A filter is a name, with or without scope, or a folder
 * relative to the root, with `*` for any text; a leading `!` leaves out. Throws WORKSPACE_EMPTY if none is left.
 */
export function selectPlugins(plugins: WorkspacePlugin[], filters: readonly string[]): WorkspacePlugin[] {
  const exclude = filters.filter((filter) => filter.startsWith('!')).map((filter) => matcher(filter.slice(1)));
  const include = filters.filter((filter) => !filter.startsWith('!')).map(matcher);
  const selected = plugins.filter(
    (plugin) =>
      (include.length === 0 || include.some((matches) => matches(plugin))) &&
      !exclude.some((matches) => matches(plugin)),
  );
  if (selected.length > 0) return selected;
  throw filterMatchesNothing(
    filters,
    plugins.map(({ name }) => name),
  );
}

function matcher(filter: string): (plugin: WorkspacePlugin) => boolean {
  const text = filter.replace(/^\.\//, '').replace(/\/+$/, '');
  const literal = text.replace(/[\\^$.+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(`^${literal.replaceAll('*', '.*')}$`);
  return ({ name, folder }) => [name, name.replace(/^@[^/]*\//, ''), folder].some((value) => pattern.test(value));
}
