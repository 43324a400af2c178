import { createServiceFactory, createServiceRef, type ServiceRef } from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Deps, Impls } from '../host/features';

/** Placeholder for a service or extension point that nothing provides. */
const ABSENT = Symbol('absent');

/**
 * The same refs in a form that does not fail if nothing provides them. Backstage aborts the start of the whole backend for a
 * missing dependency before any code of the plugin runs. {@link absentIn} returns the missing ones.
 */
export function optionalDeps(deps: Deps): Deps {
  return Object.fromEntries(Object.entries(deps).map(([name, ref]) => [name, optional(ref)]));
}

/** Ids of the dependencies that nothing provides. */
export function absentIn(deps: Deps, impls: Impls): string[] {
  return Object.keys(deps).flatMap((name) => (impls[name] === ABSENT ? [deps[name]!.id] : []));
}

function optional(ref: AnyServiceRef): AnyServiceRef {
  if (ref.__defaultFactory || ref.multiton) return ref;
  const service =
    ref.scope === 'root'
      ? createServiceRef<unknown>({ id: ref.id, scope: 'root' })
      : createServiceRef<unknown>({ id: ref.id, scope: 'plugin' });
  const absent = createServiceFactory({
    service: service as ServiceRef<unknown, 'plugin', 'singleton'>,
    deps: {},
    factory: () => ABSENT,
  });
  return Object.create(ref, { __defaultFactory: { value: async () => absent, enumerable: true } }) as AnyServiceRef;
}
