import { SearchField, Select, Skeleton } from '@backstage/ui';
import { useSearchParams } from 'react-router-dom';
import type { Permitted, Plugin } from '../api/types';
import { STATE_NAMES } from '../StateBadge';
import { useText, type Text } from '../translation';
import { Upload } from '../actions/Upload';
import { BootOfPortal } from './BootOfPortal';
import { PluginTable } from './PluginTable';

/** All plugins, narrowed by `?q=` and `?state=`, so that a view can be linked to. */
export function PluginList({ items, upload }: { items: Plugin[] | undefined; upload: Permitted }) {
  const t = useText();
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
  const shown = items?.filter(
    (plugin) => (state === 'all' || plugin.summary.state === state) && matches(plugin, query),
  );
  return (
    <>
      <Upload permitted={upload}>
        <div className="sd-filters">
          <SearchField
            aria-label={t('list.search')}
            placeholder={t('list.searchHint')}
            value={query}
            onChange={(value) => narrow('q', value)}
          />
          <Select
            aria-label={t('list.state')}
            options={['all', ...STATE_NAMES].map((id) => ({ id, label: id === 'all' ? t('list.allStates') : id }))}
            value={state}
            onChange={(value) => narrow('state', value === 'all' ? '' : String(value))}
          />
        </div>
      </Upload>
      {shown ? (
        <>
          <p className="sd-quiet" role="status">
            {summary(t, shown.length, items!.length)}
          </p>
          {shown.length > 0 && <PluginTable plugins={shown} />}
        </>
      ) : (
        <div aria-label={t('list.loading')} aria-busy="true">
          <Skeleton width="100%" height={120} />
        </div>
      )}
      <BootOfPortal />
    </>
  );
}

function summary(t: Text, shown: number, all: number): string {
  if (all === 0) return t('list.none');
  if (shown === 0) return t('list.noMatch', { all: `${all}` });
  return shown === all ? t('list.all', { count: all }) : t('list.some', { shown: `${shown}`, all: `${all}` });
}

function matches(plugin: Plugin, query: string): boolean {
  const { name, pluginIds, modules, code } = plugin;
  const { message } = plugin.summary;
  const text = [name, ...pluginIds, ...modules.map(({ moduleId }) => moduleId), code, message].join('\n').toLowerCase();
  const words = query.toLowerCase().split(/\s+/);
  return words.every((word) => text.includes(word));
}
