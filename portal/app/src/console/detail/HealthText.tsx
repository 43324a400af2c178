import type { Plugin } from '../api/types';
import { isFrontend } from '../whereItRuns';

/** The worst of the latest health checks, in words. */
export function HealthText({ plugin }: { plugin: Plugin }) {
  const all = Object.values(plugin.health ?? {});
  if (all.length === 0) return <span className="sd-quiet">{isFrontend(plugin) ? 'no checks' : 'not asked yet'}</span>;
  const worst = all.find(({ status }) => status === 'error') ?? all.find(({ status }) => status === 'degraded');
  const faults = all.flatMap(({ checks }) => checks.filter(({ status }) => status !== 'ok'));
  return (
    <>
      <span className={`sd-badge ${worst ? (worst.status === 'error' ? 'sd-bad' : 'sd-busy') : 'sd-good'}`}>
        {worst?.status ?? 'ok'}
      </span>
      {faults.map(({ name, message }) => (
        <div key={name} className="sd-reason">
          {name}: {message ?? 'no reason given'}
        </div>
      ))}
    </>
  );
}
