import type { LoggerService, RootHealthService } from '@backstage/backend-plugin-api';
import type { ServiceFeature } from './features';
import { overlay } from './overlay';

/** Inputs of readiness. */
export interface ReadinessOptions {
  /** Entries of `dynamicPlugins.required` that are not running. */
  missing(): string[];
  /** Codes of the errors that keep the portal from following its drops. */
  faults(): string[];
  logger: LoggerService;
}

/**
 * The (possibly replaced) rootHealth service, whose readiness also waits for the plugins that the operator requires. The log
 * names the missing ones; the response does not. Errors of the portal are reported by their codes and leave it ready: running
 * plugins continue, and a volume that all replicas lose must not take all of them out of service.
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
          if (names !== told && names !== '')
            logger.warn(`Not ready: ${names} is not running (dynamicPlugins.required)`);
          else if (names !== told) logger.info('Ready again: everything in dynamicPlugins.required is running');
          told = names;
          if (names === '') return withFaults(answer, faults());
          return { status: 503, payload: { message: 'A required plugin is not running', status: 'error' } };
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
