import { SearchField, Select, Skeleton } from '@backstage/ui';
import { useSearchParams } from 'react-router-dom';
import type { Permitted, Plugin } from '../api/types';
import { STATE_NAMES } from '../StateBadge';
import { Upload } from '../actions/Upload';
import { BootOfPortal } from './BootOfPortal';
import { PluginTable } from './PluginTable';

/** All plugins, narrowed by `?q=` and `?state=`, so that a view can be linked to. */
export function PluginList({ items, upload }: { items: Plugin[] | undefined; upload: Permitted }) {
  const [params, setParams] = useSearchParams();
  const query = params.get('q') ?? '';
  const state = params.get('state') ?? 'all';
  const narrow = (key: string, value: string) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(key, value);
        else after.delete(key);
        return after;
      },
      { replace: true },
    );
  const shown = items?.filter((plugin) => (state === 'all' || plugin.state === state) && matches(plugin, query));
  return (
    <>
      <Upload permitted={upload}>
        <div className="sd-filters">
          <SearchField
            aria-label="Search plugins"
            placeholder="Search by name, plugin id or reason"
            value={query}
            onChange={(value) => narrow('q', value)}
          />
          <Select
            aria-label="State"
            options={['all', ...STATE_NAMES].map((id) => ({ id, label: id === 'all' ? 'All states' : id }))}
            value={state}
            onChange={(value) => narrow('state', value === 'all' ? '' : String(value))}
          />
        </div>
      </Upload>
      {shown ? (
        <>
          <p className="sd-quiet" role="status">
            {summary(shown.length, items!.length)}
          </p>
          {shown.length > 0 && <PluginTable plugins={shown} />}
        </>
      ) : (
        <div aria-label="Loading plugins" aria-busy="true">
          <Skeleton width="100%" height={120} />
        </div>
      )}
      <BootOfPortal />
    </>
  );
}

function summary(shown: number, all: number): string {
  if (all === 0) return 'There are no plugins yet. Drop a bundle into the root directory, or upload one here.';
  if (shown === 0) return `None of ${all} plugins is like that.`;
  return shown === all ? `${all} ${all === 1 ? 'plugin' : 'plugins'}` : `${shown} of ${all} plugins`;
}

function matches(plugin: Plugin, query: string): boolean {
  const { name, pluginIds, modules, code, message } = plugin;
  const text = [name, ...pluginIds, ...modules.map(({ moduleId }) => moduleId), code, message].join('\n').toLowerCase();
  const words = query.toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}
