import type { LifecycleService, RootLifecycleService, ServiceFactory } from '@backstage/backend-plugin-api';

/** The part of Backstage's factory that is used. */
interface DatabaseFactory {
  createRootContext(deps: { rootLifecycle: RootLifecycleService }): Promise<object>;
  factory(deps: { lifecycle: LifecycleService }, manager: object): Promise<unknown>;
}

/**
 * Backstage's database service, whose hooks run when the portal stops and not when a generation does, because connections
 * outlive generations.
 * Below `backstage-cli package start`, the hook of an in-memory database takes its only connection and keeps it, so the next
 * generation of the plugin would wait forever.
 */
export async function databaseServiceFactory(): Promise<ServiceFactory> {
  const { databaseServiceFactory: original } = await import('@backstage/backend-defaults/database');
  const inner = original as unknown as DatabaseFactory;
  const lifecycles = new WeakMap<object, RootLifecycleService>();
  const outer: DatabaseFactory = {
    async createRootContext(deps) {
      const manager = await inner.createRootContext(deps);
      lifecycles.set(manager, deps.rootLifecycle);
      return manager;
    },
    async factory(deps, manager) {
      const root = lifecycles.get(manager);
      if (!root) return await inner.factory(deps, manager);
      const lifecycle: LifecycleService = {
        addStartupHook: (hook, options) => deps.lifecycle.addStartupHook(hook, options),
        // Before the pools are closed.
        addShutdownHook: (hook) => root.addBeforeShutdownHook(hook),
      };
      return await inner.factory({ ...deps, lifecycle }, manager);
    },
  };
  return { ...original, ...outer } as unknown as ServiceFactory;
}
