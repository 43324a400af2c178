import type { Backend } from '@backstage/backend-app-api';
import {
  coreServices,
  createServiceFactory,
  type LoggerService,
  type RootConfigService,
  type RootLoggerService,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { createDynamicBackend, type PluginStatus } from '@stagedoor/loader';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './freePort';
import { tempDir } from './tempDir';
import { waitFor } from './waitFor';

/** How to start a backend in the process of the test. */
export interface BackendOptions {
  /** Holds root directory and state; give the same again to start where another backend left off. Default: a fresh one. */
  home?: string;
  /** Laid over `dynamicPlugins`, where the guest is an operator. */
  dynamicPlugins?: Record<string, unknown>;
  /** Default: a free one. */
  port?: number;
  /** Laid over `backend`. */
  backend?: Record<string, unknown>;
  /** Laid over the whole config. */
  config?: Record<string, unknown>;
  /** Takes subscriptions to changes of the config. Default: the config never changes. */
  subscribe?: RootConfigService['subscribe'];
  /** Default: `createDynamicBackend`. */
  create?: () => Backend;
  /** Takes the log instead of {@link RunningBackend.logs}. */
  logger?: RootLoggerService;
  /** Adds features before the start. */
  prepare?: (backend: Backend) => void;
  /** Puts bundles into the root directory before the start. */
  before?: (root: string) => Promise<void>;
}

/** A running backend with dynamic plugins, the guest provider and an in-memory database. */
export interface RunningBackend {
  url: string;
  root: string;
  stateDir: string;
  backend: Backend;
  /** Lines logged so far. */
  logs: string[];
  stop(): Promise<void>;
  get(path: string): Promise<Response>;
  /** A Backstage token of the guest user. */
  token(): Promise<string>;
  /** `GET /api/dynamic-plugins/v1/plugins` as the guest user. */
  plugins(): Promise<PluginStatus[]>;
  /** Waits until a bundle is in a state (and serves a version, where given). */
  until(name: string, state: PluginStatus['state'] | 'gone', version?: string): Promise<PluginStatus | undefined>;
}

/** Starts `createDynamicBackend()` in this process on a free port; stopped when the test ends. */
export async function startBackend(options: BackendOptions = {}): Promise<RunningBackend> {
  const dir = options.home ?? (await tempDir());
  const root = join(dir, 'root');
  const stateDir = join(dir, 'state');
  await mkdir(root, { recursive: true });
  await options.before?.(root);
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const logs: string[] = [];
  const backend = (options.create ?? createDynamicBackend)();
  backend.add(
    createServiceFactory({
      service: coreServices.rootConfig,
      deps: {},
      factory: () => {
        const config = new ConfigReader({
          app: { baseUrl: url },
          backend: {
            baseUrl: url,
            listen: { host: '127.0.0.1', port },
            database: { client: 'better-sqlite3', connection: ':memory:' },
            ...options.backend,
          },
          auth: { providers: { guest: { dangerouslyAllowOutsideDevelopment: true } } },
          dynamicPlugins: {
            rootDirectory: root,
            stateDirectory: stateDir,
            operators: ['user:development/guest'],
            ...options.dynamicPlugins,
          },
          ...options.config,
        });
        return Object.assign(config, options.subscribe && { subscribe: options.subscribe });
      },
    }),
  );
  backend.add(
    createServiceFactory({
      service: coreServices.rootLogger,
      deps: {},
      factory: () => options.logger ?? collectingLogger(logs),
    }),
  );
  backend.add(import('@backstage/plugin-auth-backend'));
  backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
  options.prepare?.(backend);
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await backend.stop();
  };
  onTestFinished(stop);
  await backend.start();

  let guest: Promise<string> | undefined;
  const token = (): Promise<string> => (guest ??= guestToken(url));
  const plugins = async (): Promise<PluginStatus[]> => {
    const response = await fetch(`${url}/api/dynamic-plugins/v1/plugins`, {
      headers: { authorization: `Bearer ${await token()}` },
    });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    return ((await response.json()) as { items: PluginStatus[] }).items;
  };
  return {
    url,
    root,
    stateDir,
    backend,
    logs,
    stop,
    get: (path) => fetch(url + path),
    token,
    plugins,
    until: async (name, state, version) => {
      let found: PluginStatus | undefined;
      await waitFor(`${name} to be ${state} ${version ?? ''}`, async () => {
        found = (await plugins()).find((status) => status.name === name);
        if (state === 'gone') return found === undefined;
        return found?.state === state && (!version || found.version === version);
      }).catch((error: Error) => {
        const told = logs.filter((line) => !line.includes('"GET /api/dynamic-plugins/')).slice(-20);
        throw new Error(`${error.message}; last seen: ${JSON.stringify(found)}\n${told.join('\n')}`);
      });
      return found;
    },
  };
}

async function guestToken(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/guest/refresh`);
  const body = (await response.json()) as { backstageIdentity: { token: string } };
  return body.backstageIdentity.token;
}

/** A logger that keeps lines of `level message`. */
export function collectingLogger(lines: string[]): LoggerService {
  const log = (level: string) => (message: string, meta?: unknown) => {
    lines.push(`${level} ${message}${meta instanceof Error ? ` ${meta.stack}` : ''}`);
  };
  const logger: LoggerService = {
    error: log('error'),
    warn: log('warn'),
    info: log('info'),
    debug: log('debug'),
    child: () => logger,
  };
  return logger;
}
