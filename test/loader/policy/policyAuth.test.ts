import { coreServices, createBackendPlugin, type BackendFeature } from '@backstage/backend-plugin-api';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';

const OPENS = 'opens-routes-dynamic';
const MODULE = 'module-opens-routes-dynamic';

/** A portal that opens only what is listed. */
function strict(open: Record<string, string[]>, ...own: BackendFeature[]): Promise<RunningBackend> {
  return startBackend({
    dynamicPlugins: { auth: { unauthenticated: 'listed', open } },
    prepare: (portal) => own.forEach((feature) => portal.add(feature)),
  });
}

/** A plugin of the portal with one open path, `/own`. */
const opened = createBackendPlugin({
  pluginId: 'opened',
  register(env) {
    env.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        httpRouter.addAuthPolicy({ path: '/own', allow: 'unauthenticated' });
        httpRouter.use((_request, response) => void response.json({}));
      },
    });
  },
});

async function waitForStatus(backend: RunningBackend, path: string, wanted: number): Promise<void> {
  await expect.poll(() => status(backend, path)).toBe(wanted);
}

async function status(backend: RunningBackend, path: string): Promise<number> {
  return (await backend.get(path)).status;
}

describe('where only listed paths are opened, a bundle', () => {
  test('opens those, and the rest stays closed and is shown, with the setting that would open it', async () => {
    const backend = await strict({ greeter: ['/version'] });
    await drop(backend, 'greeter');
    const { openedRoutes, refusedRoutes } = (await backend.until(GREETER, 'running'))!;
    expect(openedRoutes).toEqual([{ pluginId: 'greeter', path: '/version', allow: 'unauthenticated' }]);
    expect(refusedRoutes!.map(({ path }) => path)).toEqual(['/slow', '/stream', '/words']);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(await status(backend, '/api/greeter/words')).toBe(401);
    const line = backend.logs.find((text) => text.includes('/api/greeter/words'));
    expect(line).toMatch(/^warn .*auth.unauthenticated: OPEN_ROUTE_REFUSED: .*dynamicPlugins\.auth\.open\.greeter/);
  });

  test.each([
    ['/public', '/public', 200],
    ['/public/', '/public', 200],
    ['/public', '/PUBLIC', 200],
    ['/public', '/public/deep', 200],
    ['/public', '/public/:id', 200],
    ['/', '/public', 200],
    ['/', '*', 200],
    ['/public', '/publicity', 401],
    ['/public/deep', '/public', 401],
    ['/public', '/', 401],
    ['/public', '*', 401],
    ['/public', '', 401],
    ['/public', '/:anything', 401],
    ['/public', '/*all', 401],
    ['/public', '/public{/:id}', 401],
    ['/public', '{/public}', 401],
  ])('with %j listed that declares %j gets an answer of %d', async (listed, declared, answer) => {
    const backend = await strict({ opens: [listed] });
    await drop(backend, 'opens-routes', { packageJson: { opens: [declared] } });
    await backend.until(OPENS, 'running');
    const path = declared.includes(':id') || declared.includes('deep') ? '/public/deep' : '/public';
    expect(await status(backend, `/api/opens${declared === '/publicity' ? '/publicity' : path}`)).toBe(answer);
    expect(await status(backend, '/api/opens/other')).toBe(listed === '/' && declared === '*' ? 200 : 401);
  });

  test('is held to it when a service of its own declares for it', async () => {
    const backend = await strict({});
    await drop(backend, 'opens-routes', { packageJson: { opens: ['/'], by: 'service' } });
    expect((await backend.until(OPENS, 'running'))!.refusedRoutes).toHaveLength(1);
    expect(await status(backend, '/api/opens/any')).toBe(401);
  });

  test('may still declare paths for the cookies of users: those are sessions', async () => {
    const backend = await strict({});
    await drop(backend, 'opens-routes', { packageJson: { opens: ['/'], allow: 'user-cookie' } });
    const { openedRoutes } = (await backend.until(OPENS, 'running'))!;
    expect(openedRoutes).toEqual([{ pluginId: 'opens', path: '/', allow: 'user-cookie' }]);
    expect(await status(backend, '/api/opens/any')).toBe(401);
  });

  test('that is a module cannot open a plugin of the portal, whose own declarations count', async () => {
    const backend = await strict({}, opened);
    await drop(backend, 'module-opens-routes');
    const { refusedRoutes } = (await backend.until(MODULE, 'running'))!;
    expect(refusedRoutes).toEqual([{ pluginId: 'opened', path: '/', allow: 'unauthenticated' }]);
    expect(await status(backend, '/api/opened/own')).toBe(200);
    expect(await status(backend, '/api/opened/other')).toBe(401);
  });
});

describe('where declarations count, a module', () => {
  const start = (open: Record<string, string[]> = {}): Promise<RunningBackend> =>
    startBackend({ dynamicPlugins: { auth: { open } }, prepare: (portal) => portal.add(opened) });

  test('cannot open a plugin of the portal', async () => {
    const backend = await start();
    await drop(backend, 'module-opens-routes');
    const { openedRoutes, refusedRoutes } = (await backend.until(MODULE, 'running'))!;
    expect(openedRoutes).toEqual([]);
    expect(refusedRoutes).toEqual([{ pluginId: 'opened', path: '/', allow: 'unauthenticated' }]);
    expect(await status(backend, '/api/opened/own')).toBe(200);
    expect(await status(backend, '/api/opened/other')).toBe(401);
    expect(backend.logs.join('\n')).toMatch(/OPEN_ROUTE_REFUSED.*not its own plugin/);
  });

  test('opens what is listed, and is shown to have done so', async () => {
    const backend = await start({ opened: ['/'] });
    await drop(backend, 'module-opens-routes');
    const { openedRoutes, refusedRoutes } = (await backend.until(MODULE, 'running'))!;
    expect(openedRoutes).toEqual([{ pluginId: 'opened', path: '/', allow: 'unauthenticated' }]);
    expect(refusedRoutes).toBeUndefined();
    expect(await status(backend, '/api/opened/other')).toBe(200);
  });

  test.each(['in-process', 'process'] as const)(
    'cannot open the plugin of another bundle that runs %s',
    async (isolation) => {
      const backend = await startBackend({ dynamicPlugins: { isolation } });
      await drop(backend, 'opens-routes', { packageJson: { opens: ['/own'], pluginId: 'opened' } });
      await drop(backend, 'module-opens-routes');
      await backend.until(MODULE, 'running');
      await waitForStatus(backend, '/api/opened/own', 200);
      expect(await status(backend, '/api/opened/other')).toBe(401);
    },
  );
});

test.each(['in-process', 'process'] as const)(
  'a plugin that runs %s finds no other router behind its own',
  async (isolation) => {
    const backend = await startBackend({ dynamicPlugins: { isolation, auth: { unauthenticated: 'listed' } } });
    await drop(backend, 'opens-routes', { packageJson: { opens: ['/'], by: 'prototype' } });
    await backend.until(OPENS, 'running');
    expect(await status(backend, '/api/opens/any')).toBe(401);
  },
);

test('a plugin called like a member of every object has no listed paths', async () => {
  const backend = await strict({ opens: ['/'] });
  await drop(backend, 'opens-routes', { packageJson: { opens: ['/'], pluginId: 'constructor' } });
  await backend.until(OPENS, 'running');
  expect(await status(backend, '/api/constructor/any')).toBe(401);
});
