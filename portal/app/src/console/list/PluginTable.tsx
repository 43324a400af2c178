import { Link } from '@backstage/ui';
import type { Plugin } from '../api/types';
import { HealthText } from '../detail/HealthText';
import { OpenMark } from '../detail/OpenedRoutes';
import { StateBadge } from '../StateBadge';
import { whereItRuns } from '../whereItRuns';

/** One row for each plugin; on narrow screens one card. */
export function PluginTable({ plugins }: { plugins: Plugin[] }) {
  return (
    <table className="sd-table">
      <thead>
        <tr>
          <th scope="col">Plugin</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Runs in</th>
          <th scope="col">Health</th>
          <th scope="col">Without a session</th>
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
  const { name, state, version, loaded, code, message } = plugin;
  const ids = [...plugin.pluginIds, ...plugin.modules.map(({ pluginId, moduleId }) => `${pluginId}/${moduleId}`)];
  const otherServes = loaded && loaded.version !== version ? `, ${loaded.version} serves` : '';
  return (
    <tr>
      <th scope="row">
        <Link href={`/plugins/${name}`} className="sd-name">
          {name}
        </Link>
        <div className="sd-quiet">{ids.join(', ')}</div>
      </th>
      <td data-label="State">
        <StateBadge state={state} />
        {code && (
          <div className="sd-reason" title={message}>
            <code>{code}</code> {message}
          </div>
        )}
      </td>
      <td data-label="Version">
        {version ?? 'unknown'}
        {otherServes}
      </td>
      <td data-label="Runs in">{whereItRuns(plugin) ?? 'nowhere'}</td>
      <td data-label="Health">
        <HealthText plugin={plugin} />
      </td>
      <td data-label="Without a session">
        <OpenMark plugin={plugin} />
      </td>
    </tr>
  );
}
