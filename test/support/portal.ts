import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type Exit } from './childProcess';
import { freePort } from './freePort';
import { patience } from './patience';
import { repository } from './repository';
import { makeTempDir, removeTempDir } from './tempDir';

/** The folder that holds the portal's app-config files. */
export const portalDir = join(repository, 'portal');

/** The built bin. */
export const portalBin = join(portalDir, 'backend/bin/stagedoor-portal.js');

/** How to start a portal; every part is optional. */
export interface PortalOptions {
  /** Laid over the config files, e.g. `{hello: {greeting: 'Hi'}}`. */
  config?: Record<string, unknown>;
  /** Config files before the overlay. Default: portal/app-config.yaml. */
  configFiles?: string[];
  /** Holds SQLite files, drops and state unless named below. Default: a fresh folder that `stop` removes. */
  dir?: string;
  /** dynamicPlugins.rootDirectory; created if absent. Default: `<dir>/dynamic-plugins-root`. */
  root?: string;
  /** dynamicPlugins.stateDirectory. Default: `<dir>/state`. */
  stateDir?: string;
  /** Default: a free one. */
  port?: number;
  /** Laid over this process's environment; NODE_ENV is `development` so that the guest provider works. */
  env?: Record<string, string | undefined>;
  /** Its working directory. Default: {@link makeDeployment}. */
  cwd?: string;
  /** How its process is started. Default: as it is. */
  start?: typeof startProcess;
}

/**
 * A working directory as a deployment has one: outside this checkout. In a checkout Backstage compiles the config schemas of all its
 * packages at every start, to know what is secret; that is more than half of the processor time of a start.
 */
async function makeDeployment(dir: string): Promise<string> {
  const deployment = join(dir, 'deployment');
  await mkdir(deployment, { recursive: true });
  await writeFile(join(deployment, 'package.json'), JSON.stringify({ name: 'deployment', private: true }));
  return deployment;
}

/** A portal process that is ready. */
export interface Portal {
  /** Base URL without trailing slash, e.g. `http://localhost:41234`. */
  url: string;
  port: number;
  pid: number;
  /** dynamicPlugins.rootDirectory: copy bundles into it. */
  root: string;
  dir: string;
  stateDir: string;
  /** Everything the process wrote so far. */
  logs(): string;
  /** Undefined while the process runs. */
  exit(): Exit | undefined;
  /** Sends SIGTERM (or `signal`), waits for the end, removes the folder that was made for it. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
  /** A new Backstage token of the guest user. */
  guestToken(): Promise<string>;
  /** fetch of a path; with `token`, or with a guest's token where `token` is `true`. */
  fetch(path: string, init?: RequestInit & { token?: string | true }): Promise<Response>;
}

/** Starts the built portal bin as a process of its own on a free port and waits until it is ready. */
export async function startPortal(options: PortalOptions = {}): Promise<Portal> {
  const dir = options.dir ?? (await makeTempDir());
  const root = options.root ?? join(dir, 'dynamic-plugins-root');
  const stateDir = options.stateDir ?? join(dir, 'state');
  await mkdir(root, { recursive: true });
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;

  const own = {
    app: { baseUrl: url },
    backend: {
      baseUrl: url,
      listen: { host: '127.0.0.1', port },
      ...(!options.configFiles && { database: { connection: { directory: join(dir, 'data') } } }),
    },
    dynamicPlugins: { rootDirectory: root, stateDirectory: stateDir },
  };
  const files = [...(options.configFiles ?? [join(portalDir, 'app-config.yaml')])];
  // JSON is YAML; the config loader goes by the extension.
  for (const [name, content] of Object.entries({ own, overlay: options.config ?? {} })) {
    const file = join(dir, `app-config.${name}.yaml`);
    await writeFile(file, JSON.stringify(content));
    files.push(file);
  }

  const child = (options.start ?? startProcess)(
    process.execPath,
    [portalBin, ...files.flatMap((file) => ['--config', file])],
    {
      cwd: options.cwd ?? (await makeDeployment(dir)),
      env: { NODE_ENV: 'development', ...options.env },
    },
  );
  const stop = async (signal?: NodeJS.Signals) => {
    const exit = await child.stop(signal);
    if (!options.dir) await removeTempDir(dir);
    return exit;
  };
  try {
    await untilReady(url, child.exit, patience.startMs);
  } catch (error) {
    await stop();
    throw new Error(`${(error as Error).message}\n${child.output()}`, { cause: error });
  }

  const guestToken = async () => {
    const response = await fetch(`${url}/api/auth/guest/refresh`);
    if (!response.ok) throw new Error(`No guest token: ${response.status} ${await response.text()}`);
    const body = (await response.json()) as { backstageIdentity: { token: string } };
    return body.backstageIdentity.token;
  };
  return {
    url,
    port,
    pid: child.pid,
    root,
    dir,
    stateDir,
    logs: child.output,
    exit: child.exit,
    stop,
    guestToken,
    async fetch(path, { token, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (token) headers.set('authorization', `Bearer ${token === true ? await guestToken() : token}`);
      return await fetch(url + path, { ...init, headers });
    },
  };
}

/** Waits for readiness; throws when the process has ended or the time is over. */
async function untilReady(url: string, exit: () => Exit | undefined, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const ended = exit();
    if (ended) throw new Error(`The portal ended with ${ended.code ?? ended.signal} before it was ready.`);
    const response = await fetch(`${url}/.backstage/health/v1/readiness`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The portal was not ready after ${timeoutMs} ms.`);
}
