import { fork } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { performance } from 'node:perf_hooks';
import { repository } from '../../scripts/lib/repository.mjs';
import { freePort } from '../../scripts/lib/port.mjs';

const script = fileURLToPath(new URL('host.cjs', import.meta.url));

/**
 * Starts a backend in a process of its own. `kind` is `plain` (Backstage's `createBackend()`), `upstream` (with its
 * loader of dynamic plugins) or `stagedoor`; `plugins` are files added statically, `root` a folder of bundles, `config`
 * is laid over the least that a backend needs. Resolves when `start()` has, or the init of the plugin in `held` waits.
 */
export async function startHost(dir, { kind, plugins, held, root, config = {}, dynamicPlugins = {} }) {
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(dir, 'app-config.yaml');
  await writeFile(
    file,
    JSON.stringify({
      app: { baseUrl: url },
      backend: {
        baseUrl: url,
        listen: { host: '127.0.0.1', port },
        database: { client: 'better-sqlite3', connection: ':memory:' },
      },
      ...(root && { dynamicPlugins: { rootDirectory: root, ...dynamicPlugins } }),
      ...config,
    }),
  );
  await writeFile(join(dir, 'package.json'), JSON.stringify({ name: 'root', version: '1.0.0', private: true }));
  const begun = performance.now();
  const child = fork(script, [JSON.stringify({ kind, plugins, held }), '--config', file], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production', NODE_PATH: join(repository, 'node_modules') },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const next = () =>
    Promise.race([
      new Promise((resolve) => child.once('message', resolve)),
      ended.then(() => Promise.reject(new Error('The backend ended.'))),
    ]);
  await next();
  return {
    url,
    pid: child.pid,
    startedMs: performance.now() - begun,
    ask: async (ask, value) => {
      const reply = next();
      child.send({ ask, value });
      return (await reply).answer;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
