import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isAppPage } from '../support/appPage';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { startPortal, type Portal } from '../support/portal';
import { untilGone, untilState } from '../support/portalPlugins';
import { makeTempDir, removeTempDir } from '../support/tempDir';

const NAME = 'reaches-outside-dynamic';

let portal: Portal;
let dir: string;

beforeAll(async () => {
  dir = await makeTempDir();
  portal = await startPortal({ config: { dynamicPlugins: { auth: { rootRoutes: { outsider: ['/listed'] } } } } });
  await dropFolder(await fixtureBundle(dir, 'guarded'), portal.root, 'guarded');
  await untilState(portal, 'guarded-dynamic', 'running');
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});
beforeEach(async () => {
  await rm(join(portal.root, 'outsider'), { recursive: true, force: true });
  await untilGone(portal, NAME);
});

async function drop(packageJson: Record<string, unknown>): Promise<void> {
  await dropFolder(await fixtureBundle(dir, 'reaches-outside', { packageJson }), portal.root, 'outsider');
}

/**
 * Status of a path, as an anonymous and as a signed-in user, 404 where it is nobody's; fails when the bundle's own
 * handler answered.
 */
async function statuses(path: string): Promise<number[]> {
  const responses = [await portal.fetch(path), await portal.fetch(path, { token: true })];
  return await Promise.all(
    responses.map(async (response) => {
      const text = await response.text();
      expect.soft(text, path).not.toContain('REACHED-OUTSIDE');
      return isAppPage({ status: response.status, text }) ? 404 : response.status;
    }),
  );
}

describe('a bundle cannot mount a route outside the session check', () => {
  test.each([
    'by-dependency',
    'by-default-factory-root',
    'by-default-factory-plugin',
    'by-default-factory-context',
    'by-added-factory-root',
    'by-added-factory-plugin',
    'by-added-factory-context',
    'by-nested-service',
    'by-feature-loader',
    'by-feature-loader-service',
  ])('%s of the root HTTP router', async (way) => {
    const rootRoute = `/outside-${way}`;
    await drop({ main: `${way}.cjs`, rootRoute });
    const status = await untilState(portal, NAME, 'failed');
    expect(status).toMatchObject({ code: 'ROOT_ROUTE_REFUSED', openedRoutes: [] });
    expect(status.loaded).toBeUndefined();
    expect(status.hint).toBeTruthy();
    expect(await statuses(rootRoute)).toEqual([404, 404]);
    expect(await statuses('/api/outsider')).toEqual([404, 404]);
  });

  test('as a module of a static plugin, which goes on without it', async () => {
    await drop({
      main: 'by-module.cjs',
      rootRoute: '/outside-module',
      backstage: { role: 'backend-plugin-module', pluginId: 'auth' },
    });
    const status = await untilState(portal, NAME, 'failed');
    expect(status.code).toBe('ROOT_ROUTE_REFUSED');
    expect(await statuses('/outside-module')).toEqual([404, 404]);
    expect(await portal.guestToken()).toBeTruthy();
  });

  test.each([
    ['its own prefix', '/api/outsider/inside', 404],
    ['the prefix of another bundle', '/api/guarded/secret', 401],
    ['a path that only begins like another one', '/api/guarded-2', 404],
    ['the prefix of a static plugin', '/api/dynamic-plugins/v1/plugins', 401],
    ['the prefix of all plugins', '/api', 404],
    ['everything', '/', 404],
    ['another spelling of a listed path', '/LISTED', 404],
    ['a path below a listed one', '/listed/../more', 404],
    ['a pattern', '/*', 404],
  ])('at %s', async (_where, rootRoute, anonymous) => {
    await drop({ rootRoute });
    expect((await untilState(portal, NAME, 'failed')).code).toBe('ROOT_ROUTE_REFUSED');
    expect((await statuses(rootRoute))[0]).toBe(anonymous);
  });

  test('later, when it has long been running', async () => {
    await drop({ main: 'late.cjs', rootRoute: '/outside-late' });
    await untilState(portal, NAME, 'running');
    const response = await portal.fetch('/api/outsider/mount');
    expect(await response.json()).toEqual({ code: 'ROOT_ROUTE_REFUSED' });
    expect(await statuses('/outside-late')).toEqual([404, 404]);
  });
});

test('a bundle mounts what the operator lists, and it goes with the bundle', async () => {
  await drop({ rootRoute: '/listed' });
  await untilState(portal, NAME, 'running');
  expect(await (await portal.fetch('/listed')).json()).toEqual({ marker: 'REACHED-OUTSIDE' });
  await rm(join(portal.root, 'outsider'), { recursive: true });
  await untilGone(portal, NAME);
  expect(await statuses('/listed')).toEqual([404, 404]);
});
