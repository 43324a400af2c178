import type { Plugin } from '../api/types';
import { isFrontend } from '../whereItRuns';
import { Time } from './Time';

const TONES = { ok: 'sd-good', degraded: 'sd-busy', error: 'sd-bad' };

/** Every health check of a plugin, as it last came out. */
export function HealthChecks({ plugin }: { plugin: Plugin }) {
  const plugins = Object.entries(plugin.health ?? {});
  if (plugins.length === 0)
    return <p>{isFrontend(plugin) ? 'Plugins for browsers have no checks.' : 'Nothing has been asked yet.'}</p>;
  return plugins.map(([pluginId, { condition, checkedAt, checks }]) => (
    <div key={pluginId}>
      <p>
        {pluginId} is {condition}; asked <Time at={checkedAt} />.
      </p>
      <ul className="sd-plain">
        {checks.map(({ name, status, durationMs, message }) => (
          <li key={name}>
            <span className={`sd-badge ${TONES[status]}`}>{status}</span> {name}, {durationMs} ms
            {message && `: ${message}`}
          </li>
        ))}
      </ul>
    </div>
  ));
}
