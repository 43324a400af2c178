import type { RecordedStatus } from '../lifecycle/states';
import type { Facts } from '../summary/facts';
import type { DynamicParts, RuntimeParts } from './runtimeParts';

/** Gathers what the summary of a plugin is derived from. */
export function factsOf(
  status: RecordedStatus,
  { registry, observations }: Pick<RuntimeParts, 'registry' | 'observations'>,
  { bundles, state, settings }: Pick<DynamicParts, 'bundles' | 'state' | 'settings'>,
): Facts {
  const all = Object.values(observations.of(status).health ?? {});
  const degraded = all.filter(({ condition }) => condition === 'degraded');
  const failed = degraded.flatMap(({ checks }) => checks.filter(({ status: result }) => result !== 'ok'));
  const supervision = bundles.supervision(status.name);
  const retryAt = supervision?.retryAt;
  return {
    status,
    ...(all.length > 0 && { health: degraded.length > 0 ? 'degraded' : 'healthy' }),
    ...(failed.length > 0 && {
      failedChecks: failed.map(({ name, message }) => `${name}: ${message ?? ''}`).join('; '),
    }),
    ...(supervision && {
      process: {
        state: supervision.state,
        ...(retryAt !== undefined && { retryAt: new Date(retryAt).toISOString() }),
      },
    }),
    refusal: registry.refusal(status.name),
    remembered: state.get(status.name),
    lastGood: settings.lastGood,
  };
}
