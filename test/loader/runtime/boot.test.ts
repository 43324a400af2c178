import {
  coreServices,
  createBackendPlugin,
  createExtensionPoint,
  type BackendFeature,
} from '@backstage/backend-plugin-api';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { collectingLogger, startBackend, type RunningBackend } from '../../support/backend';
import { holder, says as holderSays } from '../../bundle/lock/lockSupport';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { freePort } from '../../support/freePort';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { holdRequest } from '../../support/heldRequest';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

/** Somewhat less than requests to a plugin that starts are held. */
const HOLD_MS = 4900;

interface Words {
  addWord(word: string): void;
}

function staticPlugin(pluginId: string, init: () => Promise<void>): BackendFeature {
  return createBackendPlugin({
    pluginId,
    register: (env) => env.registerInit({ deps: {}, init }),
  });
}

describe('a backend that starts', () => {
  test('is ready when every bundle present has reached an end state, and not before', async () => {
    const port = await freePort();
    const answers: Array<number | string> = [];
    let going = true;
    const asking = (async () => {
      while (going) {
        const answer = await fetch(`http://localhost:${port}/.backstage/health/v1/readiness`).then(
          (response) => response.status,
          () => 'closed',
        );
        if (answers.at(-1) !== answer) answers.push(answer);
        await sleep(20);
      }
    })();
    const backend = await startBackend({
      port,
      dynamicPlugins: { startTimeout: '5s' },
      before: async (root) => {
        const parent = await tempDir();
        await dropFolder(await fixtureBundle(parent, 'greeter'), root, 'greeter');
        await dropFolder(await fixtureBundle(parent, 'hangs-in-init'), root, 'hangs-in-init');
      },
    });
    const states = Object.fromEntries((await backend.plugins()).map(({ name, state }) => [name, state]));
    expect(states).toEqual({ [GREETER]: 'running', 'hangs-in-init-dynamic': 'failed' });
    await expect.poll(() => answers.at(-1)).toBe(200);
    going = false;
    await asking;
    expect(answers.filter((answer) => answer !== 'closed')).toEqual([503, 200]);
  });

  test('serves what was dropped while it was starting', async () => {
    let root = '';
    const backend = await startBackend({
      prepare: (portal) =>
        portal.add(
          staticPlugin('slow-to-start', async () => {
            await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter');
          }),
        ),
      before: async (dir) => void (root = dir),
    });
    await backend.until(GREETER, 'running');
  });

  test('creates its root directory, and goes on when that is taken away and comes back', async () => {
    const backend = await startBackend({ before: (root) => rm(root, { recursive: true }) });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await rm(backend.root, { recursive: true });
    await waitFor('word of it', async () => backend.logs.some((line) => line.includes('ROOT_UNREADABLE')));
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await mkdir(backend.root);
    await backend.until(GREETER, 'gone');
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
  });

  test('finds what it staged before, after a restart, and does not trust a copy that was touched', async () => {
    const stateDir = join(await tempDir(), 'state');
    const root = join(await tempDir(), 'root');
    await mkdir(root);
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter');
    const first = await startBackend({ dynamicPlugins: { rootDirectory: root, stateDirectory: stateDir } });
    await first.until(GREETER, 'running');
    await first.stop();
    const [copy] = await readdir(join(stateDir, 'staged', GREETER));
    await writeFile(join(stateDir, 'staged', GREETER, copy!, 'index.cjs'), 'throw new Error("touched")');
    const second = await startBackend({ dynamicPlugins: { rootDirectory: root, stateDirectory: stateDir } });
    await second.until(GREETER, 'running');
    expect(await greeterVersion(second)).toBe('1.0.0');
  });

  test('refuses a state directory that another process uses, and takes it over when that has died', async () => {
    const stateDirectory = join(await tempDir(), 'state');
    await mkdir(stateDirectory);
    const other = holder(join(stateDirectory, 'lock'), {});
    await holderSays(other, 'held');
    const starting = startBackend({ dynamicPlugins: { stateDirectory } });
    await expect(starting).rejects.toThrow(new RegExp(`Process ${other.pid} .* already uses ${stateDirectory}`));
    await other.stop('SIGKILL');
    const backend = await startBackend({ dynamicPlugins: { stateDirectory } });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await backend.stop();
    expect(await readdir(join(stateDirectory, 'lock'))).toEqual([expect.stringMatching(/^\d+$/)]);
  });

  test('fails when a plugin of its own fails, as Backstage does, and says which', async () => {
    const failing = staticPlugin('fragile', async () => {
      throw new Error('no luck');
    });
    const starting = startBackend({ prepare: (portal) => portal.add(failing) });
    await expect(starting).rejects.toThrow(/fragile.*no luck/s);
  });

  test('waits for a plugin of its own longer than bundles may take, its modules with it and other bundles after it', async () => {
    const said: string[] = [];
    let ended = 0;
    const slow = createBackendPlugin({
      pluginId: 'greeter',
      register(env) {
        env.registerExtensionPoint(createExtensionPoint<Words>({ id: 'greeter.words' }), {
          addWord: (word) => void said.push(word),
        });
        env.registerInit({
          deps: {},
          async init() {
            await sleep(8000);
            ended = Date.now();
          },
        });
      },
    });
    const backend = await startBackend({
      dynamicPlugins: { startTimeout: '1s' },
      prepare: (portal) => portal.add(slow),
      before: async (root) => {
        await fixtureBundle(root, 'hangs-in-init');
        await fixtureBundle(root, 'greeter-module-word');
      },
    });
    const failed = await backend.until('hangs-in-init-dynamic', 'failed');
    expect(failed).toMatchObject({ code: 'START_TIMEOUT' });
    // Its second began when the portal's own plugin had started.
    expect(Date.parse(failed!.since) - ended).toBeGreaterThan(900);
    await backend.until('greeter-module-word-dynamic', 'running');
    expect(said).toEqual(['hello']);
  });

  test('goes on without a plugin of its own whose failure backend.startup allows', async () => {
    const failing = staticPlugin('fragile', async () => {
      throw new Error('no luck');
    });
    const backend = await startBackend({
      prepare: (portal) => portal.add(failing),
      backend: { startup: { plugins: { fragile: { onPluginBootFailure: 'continue' } } } },
    });
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    const answer = await backend.get('/api/fragile/anything');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      error: { name: 'ServiceUnavailableError', message: "Plugin 'fragile' did not start" },
    });
  });

  test.each([
    [{ startTimeout: 'soon' }, 'startTimeout'],
    [{ drainTimeout: 0 }, 'drainTimeout'],
    [{ rootDir: 'x' }, "unknown key 'dynamicPlugins.rootDir'"],
    [{ auth: { rootRoutes: { greeter: '/x' } } }, 'rootRoutes'],
  ])('refuses the setting %j and names the key', async (dynamicPlugins, says) => {
    const starting = startBackend({ dynamicPlugins });
    await expect(starting).rejects.toMatchObject({
      code: 'SETTING_INVALID',
      message: expect.stringContaining(says),
    });
  });

  test('without a root directory is a plain backend', async () => {
    const backend = await startBackend({ dynamicPlugins: { rootDirectory: undefined, stateDirectory: undefined } });
    expect((await backend.get('/.backstage/health/v1/readiness')).status).toBe(200);
    expect(await backend.plugins()).toEqual([]);
  });
});

describe('a backend that stops', () => {
  test('lets requests in flight finish, then runs the shutdown hooks of every unit', async () => {
    const events: string[] = [];
    const backend = await startBackend({
      prepare: (portal) =>
        portal.add(
          createBackendPlugin({
            pluginId: 'own',
            register: (env) =>
              env.registerInit({
                deps: { lifecycle: coreServices.lifecycle },
                init: async ({ lifecycle }) => lifecycle.addShutdownHook(() => void events.push('own has stopped')),
              }),
          }),
        ),
    });
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    const { answer, release } = await holdRequest(backend);
    const answered = answer.then(async (response) => {
      events.push(`answered ${response.status}`);
      return response.json();
    });
    const stopped = backend.stop();
    const readiness = async (): Promise<number> => (await backend.get('/.backstage/health/v1/readiness')).status;
    await waitFor('the backend to stop', async () => (await readiness()) === 503);
    release();
    await stopped;
    expect(await answered).toEqual({ version: '1.0.0' });
    expect(events).toContain('own has stopped');
    expect(events).toContain('answered 200');
    expect(backend.logs.join('\n')).toContain('greeter 1.0.0 has stopped');
    await expect(backend.get('/api/greeter/version')).rejects.toThrow();
  });

  test('does not wait for a bundle that hangs in its start, not for the hour that it may take', async () => {
    const backend = await startBackend({ dynamicPlugins: { startTimeout: '1h' } });
    await drop(backend, 'hangs-in-init');
    await backend.until('hangs-in-init-dynamic', 'starting');
    await backend.stop();
  });
});

test('Root start-up hooks run when every plugin has started, and may ask them', async () => {
  const said: string[] = [];
  const started = new Set<string>();
  const asks = (pluginId: string, other: string, initMs: number) =>
    createBackendPlugin({
      pluginId,
      register: (env) =>
        env.registerInit({
          deps: {
            discovery: coreServices.discovery,
            httpRouter: coreServices.httpRouter,
            rootLifecycle: coreServices.rootLifecycle,
          },
          init: async ({ discovery, httpRouter, rootLifecycle }) => {
            await sleep(initMs);
            httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            httpRouter.use((_request, response) => void response.send('here'));
            rootLifecycle.addStartupHook(async () => {
              const answer = await fetch(await discovery.getBaseUrl(other));
              said.push(`${pluginId} asked ${other}: ${answer.status}`);
            });
            rootLifecycle.addStartupHook(() => void said.push(`${pluginId} saw ${[...started].sort().join(' and ')}`));
            started.add(pluginId);
          },
        }),
    });
  const backend = await startBackend({
    prepare: (portal) => {
      portal.add(asks('first', 'second', 0));
      portal.add(asks('second', 'first', 300));
    },
  });
  expect(said.sort()).toEqual([
    'first asked second: 200',
    'first saw first and second',
    'second asked first: 200',
    'second saw first and second',
  ]);
  expect(backend.logs.filter((line) => line.includes('Startup hook failed'))).toEqual([]);
});

test.each(['in-process', 'process'])(
  'A root start-up hook of a bundle (%s) waits for the portal to start, and for nothing later',
  async (isolation) => {
    const lines: string[] = [];
    const said = (text: string): boolean => lines.some((line) => line.includes(text));
    const slow = createBackendPlugin({
      pluginId: 'slow',
      register: (env) =>
        env.registerInit({
          deps: { logger: coreServices.rootLogger },
          init: async ({ logger }) => {
            await waitFor('the bundle', async () => said('the hook of 1.0.0 is set'));
            // A hook that does not wait would run now.
            await sleep(100);
            logger.info('the slow one has started');
          },
        }),
    });
    const backend = await startBackend({
      logger: collectingLogger(lines),
      dynamicPlugins: { isolation },
      before: async (root) => dropFolder(await fixtureBundle(await tempDir(), 'hooks-startup'), root, 'hooks-startup'),
      prepare: (portal) => portal.add(slow),
    });
    await waitFor('the hook', async () => said('the hook of 1.0.0 runs'));
    const order = ['is set', 'has started', 'runs'].map((text) => lines.findIndex((line) => line.includes(text)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    await drop(backend, 'hooks-startup', { version: '2.0.0' });
    await waitFor('the hook', async () => said('the hook of 2.0.0 runs'));
  },
);

test('Requests to plugins that are yet to start wait for them: the own ones, and those that served before', async () => {
  const home = await tempDir();
  const port = await freePort();
  const slow = createBackendPlugin({
    pluginId: 'slow',
    register: (env) =>
      env.registerInit({
        deps: { httpRouter: coreServices.httpRouter },
        init: async ({ httpRouter }) => {
          httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
          httpRouter.use((_request, response) => void response.send('here'));
        },
      }),
  });
  const endless = { properties: { app: { properties: { baseUrl: { pattern: '^((([a-z:/0-9]+)+)+)!$' } } } } };
  const lines: string[] = [];
  const start = (evil: boolean): Promise<RunningBackend> =>
    startBackend({
      home,
      port,
      logger: collectingLogger(lines),
      before: async (root) => {
        const packageJson = { backstage: { role: 'backend-plugin', pluginId: 'greeter' } };
        await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { packageJson }), root, 'greeter');
        // Has the start wait while other bundles are checked.
        const files = { 'dist/.config-schema.json': JSON.stringify(endless) };
        if (evil) await dropFolder(await fixtureBundle(await tempDir(), 'stores-rows', { files }), root, 'a');
      },
      prepare: (portal) => portal.add(slow),
    });
  await (await start(false)).stop();
  lines.splice(0);
  const starting = start(true);
  // The server listens, and what is there is known.
  await waitFor('the bundle to be looked at', async () => lines.some((line) => line.includes('greeter-dynamic@1.0.0')));
  const asked = async (path: string): Promise<number> => {
    const began = performance.now();
    const { status, headers } = await fetch(`http://localhost:${port}${path}`);
    // A start on a busy machine can take longer than requests are held.
    if (status !== 503 || performance.now() - began < HOLD_MS) return status;
    expect(headers.get('retry-after')).toBe('5');
    return await asked(path);
  };
  await expect(Promise.all([asked('/api/slow'), asked('/api/greeter/version')])).resolves.toEqual([200, 200]);
  await starting;
});
