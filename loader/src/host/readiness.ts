import type { LoggerService, RootHealthService } from '@backstage/backend-plugin-api';
import type { ServiceFeature } from './features';
import { overlay } from './overlay';

/** What readiness goes by. */
export interface ReadinessOptions {
  /** What of `dynamicPlugins.required` does not run. */
  missing(): string[];
  /** Codes of what keeps the portal from following its drops now. */
  faults(): string[];
  logger: LoggerService;
}

/**
 * The (possibly replaced) rootHealth service, whose readiness also waits for plugins that the operator requires. Which ones
 * are missing is said in the log, not to everybody who can ask. Faults of the portal are said by their codes and leave it ready:
 * what runs goes on, and a volume that all replicas lose must not take all of them out of service.
 */
export function withRequired(factory: ServiceFeature, { missing, faults, logger }: ReadinessOptions): ServiceFeature {
  let told = '';
  return {
    ...factory,
    factory: async (deps, context) => {
      const health = (await factory.factory(deps, context)) as RootHealthService;
      return overlay(health, {
        getReadiness: async () => {
          const answer = await health.getReadiness();
          if (answer.status !== 200) return answer;
          const names = missing().join(', ');
          if (names !== told && names !== '') logger.warn(`Not ready: ${names} does not run (dynamicPlugins.required)`);
          else if (names !== told) logger.info('Ready again: everything in dynamicPlugins.required runs');
          told = names;
          if (names === '') return withFaults(answer, faults());
          return { status: 503, payload: { message: 'A required plugin does not run', status: 'error' } };
        },
      });
    },
  };
}

type Readiness = Awaited<ReturnType<RootHealthService['getReadiness']>>;

function withFaults(answer: Readiness, codes: readonly string[]): Readiness {
  if (codes.length === 0) return answer;
  const payload = typeof answer.payload === 'object' && !Array.isArray(answer.payload) ? answer.payload : {};
  return { ...answer, payload: { ...payload, dynamicPlugins: [...codes] } };
}
