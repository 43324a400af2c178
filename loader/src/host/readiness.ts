import type { LoggerService, RootHealthService } from '@backstage/backend-plugin-api';
import type { ServiceFeature } from './features';
import { overlay } from './overlay';

/**
 * The (possibly replaced) rootHealth service, whose readiness also waits for plugins that the operator requires. Which ones
 * are missing is said in the log, not to everybody who can ask.
 */
export function withRequired(factory: ServiceFeature, missing: () => string[], logger: LoggerService): ServiceFeature {
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
          if (names === '') return answer;
          return { status: 503, payload: { message: 'A required plugin does not run', status: 'error' } };
        },
      });
    },
  };
}
