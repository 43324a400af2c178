import type { Plugin } from '../api/types';
import { useText } from '../translation';
import { isFrontend } from '../whereItRuns';

/** The worst of the latest health checks, in words. */
export function HealthText({ plugin }: { plugin: Plugin }) {
  const t = useText();
  if (plugin.loaded && !plugin.summary.runs) return <span className="sd-quiet">{t('health.notRunning')}</span>;
  const all = Object.values(plugin.health ?? {});
  if (all.length === 0)
    return <span className="sd-quiet">{t(isFrontend(plugin) ? 'health.noChecks' : 'health.notAsked')}</span>;
  const worst = all.find(({ status }) => status === 'error') ?? all.find(({ status }) => status === 'degraded');
  const faults = all.flatMap(({ checks }) => checks.filter(({ status }) => status !== 'ok'));
  return (
    <>
      <span className={`sd-badge ${worst ? (worst.status === 'error' ? 'sd-bad' : 'sd-busy') : 'sd-good'}`}>
        {worst?.status ?? 'ok'}
      </span>
      {faults.map(({ name, message }) => (
        <div key={name} className="sd-reason">
          {name}: {message ?? t('health.noReason')}
        </div>
      ))}
    </>
  );
}
