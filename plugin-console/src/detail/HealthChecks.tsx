import type { Plugin } from '../api/types';
import { useText } from '../translation';
import { isFrontend } from '../whereItRuns';
import { Time } from './Time';

const TONES = { ok: 'sd-good', degraded: 'sd-busy', error: 'sd-bad' };

/** Every health check of a plugin, as it last came out. */
export function HealthChecks({ plugin }: { plugin: Plugin }) {
  const t = useText();
  if (plugin.loaded && !plugin.summary.runs) return <p>{t('health.notRunning')}</p>;
  const plugins = Object.entries(plugin.health ?? {});
  if (plugins.length === 0) return <p>{t(isFrontend(plugin) ? 'health.noChecksOfFrontend' : 'health.nothingAsked')}</p>;
  return plugins.map(([pluginId, { condition, checkedAt, checks }]) => (
    <div key={pluginId}>
      <p>{t('health.is', { pluginId, condition, time: <Time at={checkedAt} /> })}</p>
      <ul className="sd-plain">
        {checks.map(({ name, status, durationMs, message }) => (
          <li key={name}>
            <span className={`sd-badge ${TONES[status]}`}>{status}</span>{' '}
            {t('health.check', { name, ms: `${durationMs}` })}
            {message && `: ${message}`}
          </li>
        ))}
      </ul>
    </div>
  ));
}
