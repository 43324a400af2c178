import type * as RootHttpRouter from '@backstage/backend-defaults/rootHttpRouter';
import type * as Api from '@backstage/backend-plugin-api';
import type { RootLifecycleService, RootLoggerService } from '@backstage/backend-plugin-api';
import { Server } from 'node:http';
import type { OpenedRoute } from '../messages';
import type { OpenFeature } from './features';
import { observeCalls, overlay } from './overlay';
import type { Observed } from './testServices';

const nothing = async (): Promise<void> => {};

/** Backstage runs these of whatever implements the lifecycle services. */
const NO_HOOKS = { startup: nothing, beforeShutdown: nothing, shutdown: nothing };

const NO_TASKS = {
  scheduleTask: nothing,
  triggerTask: nothing,
  cancelTask: nothing,
  createScheduledTaskRunner: () => ({ run: nothing }),
  getScheduledTasks: async () => [],
};

/**
 * Makes the host's services quiet: nothing listens, no hook and no task runs, and what a bundle opens or mounts is `observed`. They
 * stay the host's own, with every member that its release has. Factories of other services stay as they are.
 */
export function quietServices(hostRequire: NodeJS.Require, observed: Observed): (factory: OpenFeature) => OpenFeature {
  const { coreServices } = hostRequire('@backstage/backend-plugin-api') as typeof Api;
  const quiet = new Map<string, (factory: OpenFeature) => OpenFeature>([
    [coreServices.rootLifecycle.id, (factory) => changed(factory, (service) => overlay(service, NO_HOOKS))],
    [coreServices.lifecycle.id, (factory) => changed(factory, (service) => overlay(service, NO_HOOKS))],
    [coreServices.scheduler.id, (factory) => changed(factory, (service) => overlay(service, NO_TASKS))],
    [coreServices.rootHttpRouter.id, (factory) => unlistenedRouter(factory, hostRequire, coreServices, observed)],
    [coreServices.httpRouter.id, (factory) => observedRouter(factory, coreServices, observed)],
  ]);
  return (factory) => quiet.get(factory.service?.id ?? '')?.(factory) ?? factory;
}

function changed(
  factory: OpenFeature,
  change: (service: object, deps: Record<string, unknown>) => object,
): OpenFeature {
  return {
    ...factory,
    factory: async (deps, context) => change((await factory.factory!(deps, context)) as object, deps),
  };
}

/** The host's router for a server that never listens: its own factory starts one. */
function unlistenedRouter(
  factory: OpenFeature,
  hostRequire: NodeJS.Require,
  { rootLifecycle, rootLogger }: Api.CoreServices,
  { rootPaths }: Observed,
): OpenFeature {
  const deps = { lifecycle: rootLifecycle, logger: rootLogger } as unknown as OpenFeature['deps'];
  const create = async ({ lifecycle, logger }: Record<string, unknown>): Promise<object> => {
    const { DefaultRootHttpRouter } = hostRequire(
      '@backstage/backend-defaults/rootHttpRouter',
    ) as typeof RootHttpRouter;
    const router = DefaultRootHttpRouter.create({
      indexPath: false,
      server: new Server(),
      lifecycle: lifecycle as RootLifecycleService,
      logger: logger as RootLoggerService,
    });
    return observeCalls(router, (_name, [target]) => {
      const path = typeof target === 'object' ? (target as { path?: unknown } | null)?.path : target;
      if (typeof path === 'string') rootPaths.push(path);
    });
  };
  return { ...factory, deps, factory: create };
}

/** Tells which paths a plugin opens, with a policy or with any other registration that carries one. */
function observedRouter(
  factory: OpenFeature,
  { pluginMetadata }: Api.CoreServices,
  { openedRoutes }: Observed,
): OpenFeature {
  const deps = { ...factory.deps, stagedoorPlugin: pluginMetadata } as unknown as OpenFeature['deps'];
  const observing = changed(factory, (router, { stagedoorPlugin }) =>
    observeCalls(router, (_name, [options]) => {
      const { path, allow, authPolicy } = Object(options) as Record<string, unknown>;
      const opened = allow ?? authPolicy;
      if (typeof path !== 'string' || !isOpening(opened)) return;
      openedRoutes.push({ pluginId: (stagedoorPlugin as { getId(): string }).getId(), path, allow: opened });
    }),
  );
  return { ...observing, deps };
}

function isOpening(policy: unknown): policy is OpenedRoute['allow'] {
  return policy === 'unauthenticated' || policy === 'user-cookie';
}
