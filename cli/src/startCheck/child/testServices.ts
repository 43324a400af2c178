import type * as Api from '@backstage/backend-plugin-api';
import type {
  HttpRouterService,
  HttpRouterServiceWebSocketHandler,
  LifecycleService,
  LoggerService,
  RootHttpRouterService,
  RootLifecycleService,
  RootLoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type * as Config from '@backstage/config';
import type { OpenedRoute } from '../messages';
import type { OpenFeature } from './features';
import { watchedConfig } from './watchedConfig';

/** As little app-config as a portal can have, on databases in memory. */
const CONFIG = {
  app: { baseUrl: 'https://portal.example.com' },
  backend: {
    baseUrl: 'https://portal.example.com',
    listen: ':7007',
    database: { client: 'better-sqlite3', connection: ':memory:' },
  },
};

/** What the services of the test host saw. */
export interface Observed {
  openedRoutes: OpenedRoute[];
  /** Paths mounted on the root HTTP router. */
  rootPaths: string[];
  /** Keys of app-config that the bundle looked for in vain. */
  absentKeys: Set<string>;
  /** The last warnings and errors that were logged. */
  logs: string[];
}

const MAX_LOGS = 20;

/**
 * The services that differ on the test host: nothing listens, nothing is scheduled, no hook runs, no line is printed.
 * All others are the host's own.
 */
export function testServices(
  api: typeof Api,
  config: typeof Config,
  bundleDir: string,
  observed: Observed,
): OpenFeature[] {
  const { coreServices, createServiceFactory } = api;
  const rootHttpRouter: RootHttpRouterService = {
    use: (path) => {
      observed.rootPaths.push(String(path));
    },
    addWebSocketHandler: ({ path }) => {
      observed.rootPaths.push(path);
    },
  };
  return [
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => {
        const reader = new config.ConfigReader(CONFIG, 'app-config of the test host');
        return watchedConfig(reader, bundleDir, observed.absentKeys);
      },
    }),
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory: () => collectingLogger(observed.logs),
    }),
    createServiceFactory({ service: coreServices.rootHttpRouter, deps: {}, factory: () => rootHttpRouter }),
    createServiceFactory({ service: coreServices.rootLifecycle, deps: {}, factory: () => idleLifecycle() }),
    createServiceFactory({ service: coreServices.lifecycle, deps: {}, factory: () => idleLifecycle() }),
    createServiceFactory({ service: coreServices.scheduler, deps: {}, factory: () => idleScheduler() }),
  ] as unknown as OpenFeature[];
}

/** Makes the host's httpRouter also tell which paths a plugin opens; other factories stay as they are. */
export function observeHttpRouter(api: typeof Api, factory: OpenFeature, observed: Observed): OpenFeature {
  if (factory.service?.id !== api.coreServices.httpRouter.id) return factory;
  const observing = async (deps: Record<string, unknown>, context: unknown): Promise<HttpRouterService> => {
    const router = (await factory.factory!(deps, context)) as HttpRouterService;
    const pluginId = (deps.stagedoorPlugin as { getId(): string }).getId();
    return Object.assign(Object.create(router) as HttpRouterService, {
      addAuthPolicy: (policy: { path: string; allow: OpenedRoute['allow'] }) => {
        router.addAuthPolicy(policy);
        observed.openedRoutes.push({ pluginId, path: policy.path, allow: policy.allow });
      },
      ...('addWebSocketHandler' in router && {
        addWebSocketHandler: (options: HttpRouterServiceWebSocketHandler) => {
          router.addWebSocketHandler(options);
          if (options.authPolicy !== 'unauthenticated') return;
          observed.openedRoutes.push({ pluginId, path: options.path, allow: options.authPolicy });
        },
      }),
    });
  };
  const deps = { ...factory.deps, stagedoorPlugin: api.coreServices.pluginMetadata };
  return { ...factory, deps, factory: observing } as unknown as OpenFeature;
}

function collectingLogger(logs: string[]): RootLoggerService {
  const collect = (message: string): void => {
    logs.push(String(message));
    if (logs.length > MAX_LOGS) logs.shift();
  };
  const silent: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => silent };
  const logger: RootLoggerService = {
    ...silent,
    error: collect,
    warn: collect,
    // Backstage tells of its own progress, and of stray faults, through children that carry a type.
    child: (meta) => (meta.type === undefined ? logger : silent),
  };
  return logger;
}

/** Backstage runs `startup`, `beforeShutdown` and `shutdown` of whatever implements the lifecycle services. */
function idleLifecycle(): RootLifecycleService & LifecycleService {
  const run = async (): Promise<void> => {};
  const lifecycle = {
    addStartupHook() {},
    addBeforeShutdownHook() {},
    addShutdownHook() {},
    startup: run,
    beforeShutdown: run,
    shutdown: run,
  };
  return lifecycle;
}

function idleScheduler(): SchedulerService {
  const run = async (): Promise<void> => {};
  return {
    scheduleTask: run,
    triggerTask: run,
    cancelTask: run,
    createScheduledTaskRunner: () => ({ run }),
    getScheduledTasks: async () => [],
  };
}
