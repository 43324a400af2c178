import type * as Api from '@backstage/backend-plugin-api';
import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import type * as RootLogger from '@backstage/backend-defaults/rootLogger';
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
  /** Keys of app-config that the bundle read and that are missing. */
  absentKeys: Set<string>;
  /** The last warnings and errors that were logged. */
  logs: string[];
}

const MAX_LOGS = 20;

/**
 * The app-config and the logger of the test host. All other services are the host's own, some of them made quiet by
 * `quietService`. `hostRequire` requires the host's packages.
 */
export function testServices(hostRequire: NodeJS.Require, bundleDir: string, observed: Observed): OpenFeature[] {
  const { coreServices, createServiceFactory } = hostRequire('@backstage/backend-plugin-api') as typeof Api;
  const config = hostRequire('@backstage/config') as typeof Config;
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
      factory: () => collectingLogger(observed.logs, hostRequire),
    }),
  ] as unknown as OpenFeature[];
}

function collectingLogger(logs: string[], hostRequire: NodeJS.Require): RootLoggerService {
  const collect = (message: string): void => {
    logs.push(String(message));
    if (logs.length > MAX_LOGS) logs.shift();
  };
  // Late: few bundles use a member that is not here, and the host's logger takes a while to load.
  const isMember = (name: string): boolean => {
    const { WinstonLogger } = hostRequire('@backstage/backend-defaults/rootLogger') as typeof RootLogger;
    return name in WinstonLogger.prototype;
  };
  const complete = <T extends LoggerService>(logger: T): T =>
    new Proxy(logger, {
      get: (target, key) => {
        const own: unknown = Reflect.get(target, key);
        if (own !== undefined || typeof key !== 'string' || key === 'then') return own;
        return isMember(key) ? () => {} : undefined;
      },
    });
  const silent: LoggerService = complete({ error() {}, warn() {}, info() {}, debug() {}, child: () => silent });
  const logger: RootLoggerService = complete({
    error: collect,
    warn: collect,
    info() {},
    debug() {},
    // Backstage tells of its own progress, and of stray faults, through children that carry a type.
    child: (meta) => (meta.type === undefined ? logger : silent),
  });
  return logger;
}
