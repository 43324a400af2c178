import { type ErrorCode } from '@stagedoor/bundle';
import { coreServices, type LoggerService } from '@backstage/backend-plugin-api';
import { teeLogger, type LineSink } from '../logs/teeLogger';
import { isPlugin, type Deps, type Impls, type Registration, type RegistrationsFeature } from '../host/features';
import type { RootServices } from '../host/rootServices';
import { confineRouters, type Confinement } from './confine';
import { ownFault } from '../errors/thrown';
import { timed } from '../observability/timing/timed';
import { deadline } from '../deadline';
import { STATIC_OWNER } from '../composition/part';
import { initTimedOut, initFailed } from './errors';
import type { OwnInits } from './ownInits';

/** Codes that an init may throw; others could only imitate findings of the portal. */
const OF_INIT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['START_TIMEOUT', 'ROOT_ROUTE_REFUSED', 'INIT_FAILED']);

/** Limits and services for a guarded feature. */
export interface GuardOptions extends Confinement {
  services: Pick<RootServices, 'shareDeps'>;
  startTimeoutMs: number;
  /** Takes the lines that it logs, if its unit does not keep them. */
  lines?: LineSink;
  /** Hears of each init of the portal's own, which have no limit. */
  ownInits?: Pick<OwnInits, 'note'>;
}

/**
 * The feature for one unit: only the registrations for the unit's plugin id, dependencies that share root services, and for
 * bundles an init that settles within the start timeout. An init that never settled would prevent the backend from ever being
 * stopped. Rejects with START_TIMEOUT or INIT_FAILED.
 */
export function guardFeature(feature: RegistrationsFeature, options: GuardOptions): RegistrationsFeature {
  return {
    ...feature,
    getRegistrations: () =>
      feature
        .getRegistrations()
        .filter((registration) => registration.pluginId === options.pluginId)
        .map((registration) => guardInit(registration, options)),
  };
}

function guardInit(registration: Registration, options: GuardOptions): Registration {
  const { services, startTimeoutMs } = options;
  const who = describe(registration);
  return {
    ...registration,
    init: {
      deps: services.shareDeps(registration.init.deps),
      func: async (deps) => {
        try {
          const confined = withLines(
            registration.init.deps,
            confineRouters(registration.init.deps, deps, options),
            options,
          );
          const init = timed('init', who, () => Promise.resolve(registration.init.func(confined)));
          // createBackend() waits for static plugins without a time limit.
          if (options.owner === STATIC_OWNER) {
            options.ownInits?.note(init);
            await init;
          } else await deadline(init, startTimeoutMs, () => initTimedOut(who, startTimeoutMs));
        } catch (cause) {
          // Errors of static plugins are reported as in Backstage.
          if (options.owner === STATIC_OWNER) throw cause;
          throw ownFault(cause, OF_INIT) ?? initFailed(who, cause);
        }
      },
    },
  };
}

/** The dependencies with a logger whose lines are kept. */
function withLines(refs: Deps, impls: Impls, { lines }: GuardOptions): Impls {
  if (!lines) return impls;
  const loggers = Object.entries(refs).filter(([, { id }]) => id === coreServices.logger.id);
  return {
    ...impls,
    ...Object.fromEntries(loggers.map(([name]) => [name, teeLogger(impls[name] as LoggerService, lines)])),
  };
}

/** `plugin 'x'` or `module 'y' for plugin 'x'`, in Backstage's wording. */
export function describe(registration: Registration): string {
  if (isPlugin(registration)) return `plugin '${registration.pluginId}'`;
  return `module '${registration.moduleId}' for plugin '${registration.pluginId}'`;
}
