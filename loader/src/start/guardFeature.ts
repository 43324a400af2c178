import { StagedoorError, thrownHint, type ErrorCode } from '@stagedoor/bundle';
import { isPlugin, type Registration, type RegistrationsFeature } from '../host/features';
import type { RootServices } from '../host/rootServices';
import { confineRouters, type Confinement } from './confine';
import { ownFault, plainError } from '../errors/thrown';
import { timed } from '../observability/timing/timed';
import { deadline } from '../deadline';
import { STATIC_OWNER } from '../composition/part';
import type { OwnInits } from './ownInits';

/** Errors of ours that an init may end with; with any other, a plugin would say of itself what only the portal finds out. */
const OF_INIT: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['START_TIMEOUT', 'ROOT_ROUTE_REFUSED', 'INIT_FAILED']);

/** Limits and services that a guarded feature runs with. */
export interface GuardOptions extends Confinement {
  services: Pick<RootServices, 'shareDeps'>;
  startTimeoutMs: number;
  /** Hears of each init of the portal's own, which have no limit. */
  ownInits?: Pick<OwnInits, 'note'>;
}

/**
 * The feature as one unit runs it: only the registrations for the unit's plugin id, dependencies that share
 * root services, and for bundles an init that ends, one way or the other, within the start timeout. An init that never
 * settled would keep the backend from ever being stopped. Rejects with START_TIMEOUT or INIT_FAILED.
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
          const confined = confineRouters(registration.init.deps, deps, options);
          const init = timed('init', who, () => Promise.resolve(registration.init.func(confined)));
          // createBackend() waits for the portal's own plugins as long as they take.
          if (options.owner === STATIC_OWNER) {
            options.ownInits?.note(init);
            await init;
          } else await deadline(init, startTimeoutMs, () => lateInit(who, startTimeoutMs));
        } catch (cause) {
          // Said of the portal's own plugins as Backstage says it.
          if (options.owner === STATIC_OWNER) throw cause;
          throw ownFault(cause, OF_INIT) ?? initFailed(who, cause);
        }
      },
    },
  };
}

/** `plugin 'x'` or `module 'y' for plugin 'x'`, as Backstage words it. */
export function describe(registration: Registration): string {
  if (isPlugin(registration)) return `plugin '${registration.pluginId}'`;
  return `module '${registration.moduleId}' for plugin '${registration.pluginId}'`;
}

function lateInit(who: string, ms: number): StagedoorError {
  return new StagedoorError('START_TIMEOUT', `The init of ${who} did not finish within ${ms / 1000} s.`);
}

/** Wraps whatever a plugin threw as INIT_FAILED, or ACCESS_DENIED where Node's permission model threw, its message kept. */
export function initFailed(who: string, thrown: unknown): StagedoorError {
  const cause = plainError(thrown);
  const { code, permission, resource } = cause;
  if (code === 'ERR_ACCESS_DENIED') {
    const what = `${permission ?? 'what it asked for'}${resource ? ` of ${resource}` : ''}`;
    return new StagedoorError('ACCESS_DENIED', `The init of ${who} was denied ${what}.`, { cause });
  }
  const message = `The init of ${who} failed: ${cause.message}`;
  return new StagedoorError('INIT_FAILED', message, { cause, hint: thrownHint(cause) });
}
