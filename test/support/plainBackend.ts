import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess, type ChildProcess } from './childProcess';
import { freePort } from './freePort';
import { patience } from './patience';
import { repository } from './repository';
import { waitFor } from './waitFor';

/** A plain `createBackend()` with a loader of dynamic plugins, in a process of its own. */
export interface PlainBackend {
  url: string;
  process: ChildProcess;
  /** Asks a path; with a guest's session where `signedIn`. The body as JSON where it is that. */
  ask(path: string, signedIn?: boolean): Promise<[number, unknown]>;
}

/** How to start one. */
export interface PlainBackendOptions {
  /** Package of the loader. */
  loader: '@backstage/backend-dynamic-feature-service' | '@stagedoor/loader';
  /** Holds its config and, for upstream's loader, the root directory. */
  dir: string;
  /** `dynamicPlugins.rootDirectory`. */
  root: string;
  /** Laid over the config. */
  config?: Record<string, unknown>;
}

/** Starts test/fixtures/upstream/backend.cjs and waits until it is ready. */
export async function startPlainBackend({ loader, dir, root, config }: PlainBackendOptions): Promise<PlainBackend> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const file = join(dir, `app-config.${port}.yaml`);
  await writeFile(
    file,
    JSON.stringify({
      app: { baseUrl: url },
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      auth: { providers: { guest: {} } },
      dynamicPlugins: { rootDirectory: root },
      ...config,
    }),
  );
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'root', version: '1.0.0', private: true }));
  const script = join(repository, 'test/fixtures/upstream/backend.cjs');
  const child = startProcess(process.execPath, [script, '--config', file], {
    cwd: dir,
    // Upstream's loader leaves it to the operator to make the host's packages visible from the plugins' folder.
    env: { LOADER: loader, NODE_ENV: 'development', NODE_PATH: join(repository, 'node_modules') },
  });
  const ready = () =>
    fetch(`${url}/.backstage/health/v1/readiness`).then(
      (response) => response.ok,
      () => false,
    );
  const readyOrEnded = async () => child.exit() !== undefined || (await ready());
  await waitFor(`the backend with ${loader} to be ready`, readyOrEnded, patience.startMs);
  const ended = child.exit();
  if (ended) throw new Error(`It ended with ${ended.code ?? ended.signal}\n${child.output()}`);
  const request = async (path: string, token?: string): Promise<[number, unknown]> => {
    const response = await fetch(url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return [response.status, isJson ? JSON.parse(text) : text];
  };
  return {
    url,
    process: child,
    ask: async (path, signedIn = false) => {
      if (!signedIn) return await request(path);
      const [, identity] = await request('/api/auth/guest/refresh');
      return await request(path, (identity as { backstageIdentity: { token: string } }).backstageIdentity.token);
    },
  };
}
