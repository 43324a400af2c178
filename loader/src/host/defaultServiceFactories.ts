import { coreServices, createServiceRef, type ServiceFactory } from '@backstage/backend-plugin-api';
import * as alpha from '@backstage/backend-plugin-api/alpha';
import type { ServiceFeature } from './features';
import { instanceMetadataServiceFactory } from './instanceMetadata';
import { lazyServiceFactory, type AnyRef } from './lazyServiceFactory';

const { auth, discovery, httpAuth, httpRouter, lifecycle, logger, rootConfig, rootLifecycle, rootLogger } =
  coreServices;
const { pluginMetadata: plugin } = coreServices;
const { actionsRegistryServiceRef, actionsServiceRef, metricsServiceRef, tracingServiceRef } = alpha;
/** From backend-plugin-api 1.12 on. */
const { connectionsServiceRef } = alpha as { connectionsServiceRef?: AnyRef };

// Refs that other packages export beside their factories: importing the ref would import those.
const events = createServiceRef({ id: 'events.service' });
const externalTokenHandlers = createServiceRef({ id: 'core.auth.externalTokenHandlers', multiton: true });
const urlReaderFactories = createServiceRef({ id: 'core.urlReader.factories', multiton: true });
const pluginTokenHandlerDecorator = createServiceRef({
  id: 'core.auth.pluginTokenHandlerDecorator',
  defaultFactory: async (service) => {
    const { pluginTokenHandlerDecoratorServiceRef: ref } = await import('@backstage/backend-defaults/auth');
    return (ref as unknown as { __defaultFactory: (of: typeof service) => never }).__defaultFactory(service);
  },
});

/**
 * The services of `createBackend()`, each imported when something first depends on it: importing all of them takes more time
 * and memory than the rest of the portal. Backstage does not export the list, only its parts: a test compares each entry with
 * the installed `@backstage/backend-defaults`.
 */
export const defaultServiceFactories: ServiceFeature[] = [
  lazyServiceFactory({
    service: coreServices.auditor,
    deps: { config: rootConfig, logger, auth, httpAuth, plugin },
    load: async () => (await import('@backstage/backend-defaults/auditor')).auditorServiceFactory,
  }),
  lazyServiceFactory({
    service: auth,
    deps: {
      config: rootConfig,
      logger,
      discovery,
      plugin,
      database: coreServices.database,
      pluginTokenHandlerDecorator,
      externalTokenHandlers,
    },
    load: async () => (await import('@backstage/backend-defaults/auth')).authServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.cache,
    deps: { config: rootConfig, plugin, logger: rootLogger },
    rootContext: true,
    load: async () => (await import('@backstage/backend-defaults/cache')).cacheServiceFactory,
  }),
  lazyServiceFactory({
    service: rootConfig,
    deps: {},
    load: async () => (await import('./rootConfig')).rootConfigServiceFactory(),
  }),
  lazyServiceFactory({
    service: coreServices.database,
    deps: { config: rootConfig, lifecycle, logger, pluginMetadata: plugin, rootLifecycle, rootLogger },
    rootContext: true,
    load: async () => await (await import('./databaseService')).databaseServiceFactory(),
  }),
  lazyServiceFactory({
    service: discovery,
    deps: { config: rootConfig, logger },
    load: async () => (await import('@backstage/backend-defaults/discovery')).discoveryServiceFactory,
  }),
  lazyServiceFactory({
    service: httpAuth,
    deps: { auth, discovery, plugin },
    load: async () => (await import('@backstage/backend-defaults/httpAuth')).httpAuthServiceFactory,
  }),
  lazyServiceFactory({
    service: httpRouter,
    deps: {
      plugin,
      config: rootConfig,
      lifecycle,
      rootHttpRouter: coreServices.rootHttpRouter,
      auth,
      httpAuth,
      logger,
    },
    initialization: 'always',
    load: async () => (await import('@backstage/backend-defaults/httpRouter')).httpRouterServiceFactory,
  }),
  lazyServiceFactory({
    service: lifecycle,
    deps: { logger, pluginMetadata: plugin },
    load: async () => (await import('@backstage/backend-defaults/lifecycle')).lifecycleServiceFactory,
  }),
  lazyServiceFactory({
    service: logger,
    deps: { rootLogger, plugin },
    load: async () => (await import('@backstage/backend-defaults/logger')).loggerServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.permissions,
    deps: { auth, config: rootConfig, discovery },
    load: async () => (await import('@backstage/backend-defaults/permissions')).permissionsServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.permissionsRegistry,
    deps: { auth, httpAuth, lifecycle, httpRouter, pluginMetadata: plugin },
    load: async () =>
      (await import('@backstage/backend-defaults/permissionsRegistry')).permissionsRegistryServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.rootHealth,
    deps: { lifecycle: rootLifecycle },
    load: async () => (await import('@backstage/backend-defaults/rootHealth')).rootHealthServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.rootHttpRouter,
    deps: { config: rootConfig, rootLogger, lifecycle: rootLifecycle, health: coreServices.rootHealth },
    load: async () => (await import('@backstage/backend-defaults/rootHttpRouter')).rootHttpRouterServiceFactory,
  }),
  lazyServiceFactory({
    service: rootLifecycle,
    deps: { logger: rootLogger },
    load: async () => (await import('@backstage/backend-defaults/rootLifecycle')).rootLifecycleServiceFactory,
  }),
  lazyServiceFactory({
    service: rootLogger,
    deps: { config: rootConfig },
    load: async () => (await import('@backstage/backend-defaults/rootLogger')).rootLoggerServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.rootSystemMetadata,
    deps: { logger: rootLogger, config: rootConfig, instanceMetadata: coreServices.rootInstanceMetadata },
    load: async () => (await import('@backstage/backend-defaults/rootSystemMetadata')).rootSystemMetadataServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.scheduler,
    deps: {
      database: coreServices.database,
      logger,
      rootLifecycle,
      httpRouter,
      pluginMetadata: plugin,
      metrics: metricsServiceRef,
    },
    load: async () => (await import('@backstage/backend-defaults/scheduler')).schedulerServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.userInfo,
    deps: { discovery },
    rootContext: true,
    load: async () => (await import('@backstage/backend-defaults/userInfo')).userInfoServiceFactory,
  }),
  lazyServiceFactory({
    service: coreServices.urlReader,
    deps: { config: rootConfig, logger, factories: urlReaderFactories },
    load: async () => (await import('@backstage/backend-defaults/urlReader')).urlReaderServiceFactory,
    costly: '@backstage/backend-defaults/urlReader',
  }),
  lazyServiceFactory({
    service: events,
    deps: { pluginMetadata: plugin, rootLogger, discovery, logger, lifecycle, auth, config: rootConfig },
    rootContext: true,
    load: async () => (await import('@backstage/plugin-events-node')).eventsServiceFactory,
  }),
  lazyServiceFactory({
    service: actionsRegistryServiceRef,
    deps: {
      metadata: plugin,
      httpRouter,
      httpAuth,
      logger,
      auth,
      config: rootConfig,
      permissions: coreServices.permissions,
      permissionsRegistry: coreServices.permissionsRegistry,
    },
    load: async () => (await import('@backstage/backend-defaults/alpha')).actionsRegistryServiceFactory,
  }),
  lazyServiceFactory({
    service: actionsServiceRef,
    deps: { discovery, config: rootConfig, logger, auth },
    load: async () => (await import('@backstage/backend-defaults/alpha')).actionsServiceFactory,
  }),
  lazyServiceFactory({
    service: metricsServiceRef,
    deps: { config: rootConfig, pluginMetadata: plugin },
    load: async () => (await import('@backstage/backend-defaults/alpha')).metricsServiceFactory,
  }),
  lazyServiceFactory({
    service: tracingServiceRef,
    deps: { config: rootConfig, pluginMetadata: plugin, httpAuth },
    load: async () => (await import('@backstage/backend-defaults/alpha')).tracingServiceFactory,
  }),
  instanceMetadataServiceFactory as unknown as ServiceFeature,
  ...(connectionsServiceRef ? [connectionsService(connectionsServiceRef)] : []),
];

function connectionsService(service: AnyRef): ServiceFeature {
  return lazyServiceFactory({
    service,
    deps: { pluginMetadata: plugin, rootLogger, logger, config: rootConfig },
    rootContext: true,
    load: async () => {
      const defaults: Record<string, unknown> = await import('@backstage/backend-defaults/alpha');
      return defaults.connectionsServiceFactory as ServiceFactory;
    },
  });
}
