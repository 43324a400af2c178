import { useRouteRef } from '@backstage/frontend-plugin-api';
import { Link } from '@backstage/ui';
import type { Plugin } from '../api/types';
import { HealthText } from '../detail/HealthText';
import { OpenMark } from '../detail/OpenedRoutes';
import { rootRouteRef } from '../routes';
import { StateBadge } from '../StateBadge';
import { useText } from '../translation';
import { whereItRuns } from '../whereItRuns';

/** One row for each plugin; on narrow screens one card. */
export function PluginTable({ plugins }: { plugins: Plugin[] }) {
  const t = useText();
  return (
    <table className="sd-table">
      <thead>
        <tr>
          <th scope="col">{t('column.plugin')}</th>
          <th scope="col">{t('column.state')}</th>
          <th scope="col">{t('column.version')}</th>
          <th scope="col">{t('column.runsIn')}</th>
          <th scope="col">{t('column.health')}</th>
          <th scope="col">{t('column.open')}</th>
        </tr>
      </thead>
      <tbody>
        {plugins.map((plugin) => (
          <Row key={plugin.name} plugin={plugin} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ plugin }: { plugin: Plugin }) {
  const t = useText();
  const home = useRouteRef(rootRouteRef)?.() ?? '';
  const { name, version, summary, code, database } = plugin;
  const { state, runs, onDisk, message } = summary;
  const ids = [...plugin.pluginIds, ...plugin.modules.map(({ pluginId, moduleId }) => `${pluginId}/${moduleId}`)];
  const dropped = onDisk?.version ?? version;
  return (
    <tr>
      <th scope="row">
        <Link href={`${home}/${name}`} className="sd-name">
          {name}
        </Link>
        <div className="sd-quiet">{ids.join(', ')}</div>
      </th>
      <td data-label={t('column.state')}>
        <StateBadge summary={summary} />
        {state !== 'running' && (
          <div className="sd-reason" title={message}>
            {code && state !== 'disabled' && <code>{code}</code>} {message}
          </div>
        )}
        {database && <div className="sd-reason">{database.message}</div>}
      </td>
      <td data-label={t('column.version')}>
        {dropped ?? t('column.unknown')}
        {runs && dropped !== runs.version && t('column.otherServes', { version: runs.version })}
      </td>
      <td data-label={t('column.runsIn')}>{whereItRuns(plugin, t) ?? t('runsIn.nowhere')}</td>
      <td data-label={t('column.health')}>
        <HealthText plugin={plugin} />
      </td>
      <td data-label={t('column.open')}>
        <OpenMark plugin={plugin} />
      </td>
    </tr>
  );
}
