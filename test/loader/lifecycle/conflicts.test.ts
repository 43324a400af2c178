import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

const ANOTHER = 'another-greeter-dynamic';

/** A plugin of the portal itself with the id `greeter`. */
const staticGreeter = createBackendPlugin({
  pluginId: 'greeter',
  register(env) {
    env.registerInit({
      deps: { httpRouter: coreServices.httpRouter },
      async init({ httpRouter }) {
        httpRouter.addAuthPolicy({ path: '/version', allow: 'unauthenticated' });
        httpRouter.use((_request, response) => void response.json({ version: 'static' }));
      },
    });
  },
});

describe('two bundles that claim one plugin id', () => {
  test('leave the running one in place and name both; the other starts when the first goes', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'another-greeter');
    const refused = await backend.until(ANOTHER, 'rejected');
    expect(refused).toMatchObject({ code: 'PLUGIN_ID_CONFLICT', details: { claimant: ANOTHER, holder: GREETER } });
    expect(refused!.message).toContain(GREETER);
    expect(refused!.message).toContain(ANOTHER);
    expect(refused!.hint).toBeTruthy();
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(ANOTHER, 'running');
    expect(await greeterVersion(backend)).toBe('another');
  });

  test('are decided at boot by the name of the drop', async () => {
    const backend = await startBackend({
      before: async (root) => {
        const parent = await tempDir();
        await dropFolder(await fixtureBundle(parent, 'another-greeter'), root, 'b');
        await dropFolder(await fixtureBundle(parent, 'greeter'), root, 'a');
      },
    });
    await backend.until(GREETER, 'running');
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('let an upgrade of the running one through', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'another-greeter');
    await backend.until(ANOTHER, 'rejected');
    await drop(backend, 'greeter', { version: '2.0.0' });
    await backend.until(GREETER, 'running', '2.0.0');
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
  });
});

describe('a plugin id that a bundle has served under', () => {
  /** A home where the greeter has served as the drop `b`, and another bundle waits for its id as `a`. */
  async function servedBefore(): Promise<string> {
    const home = await tempDir();
    const backend = await startBackend({ home });
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'b');
    await backend.until(GREETER, 'running');
    await dropFolder(await fixtureBundle(await tempDir(), 'another-greeter'), backend.root, 'a');
    await backend.until(ANOTHER, 'rejected');
    await backend.stop();
    return home;
  }

  test('stays its own after a restart, whatever drop sorts first', async () => {
    const backend = await startBackend({ home: await servedBefore() });
    await backend.until(GREETER, 'running');
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({
      code: 'PLUGIN_ID_CONFLICT',
      details: { claimant: ANOTHER, holder: GREETER },
    });
    expect(await greeterVersion(backend)).toBe('1.0.0');
  });

  test('stays its own where its drop does not start after a restart, and is free when that is gone', async () => {
    const home = await servedBefore();
    const broken = { version: '2.0.0', files: { 'index.cjs': 'throw new Error("out of order")' } };
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter', broken), join(home, 'root'), 'b');
    const backend = await startBackend({ home });
    await backend.until(GREETER, 'failed');
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({ details: { holder: GREETER } });
    // The build that served last.
    expect(await greeterVersion(backend)).toBe('1.0.0');
    await rm(join(backend.root, 'b'), { recursive: true });
    await backend.until(ANOTHER, 'running');
    expect(await greeterVersion(backend)).toBe('another');
  });

  test('is free after a restart where its drop was removed meanwhile', async () => {
    const home = await servedBefore();
    await rm(join(home, 'root', 'b'), { recursive: true });
    const backend = await startBackend({ home });
    await backend.until(ANOTHER, 'running');
  });

  test('stays its own while it is disabled', async () => {
    const backend = await startBackend();
    await drop(backend, 'greeter');
    await backend.until(GREETER, 'running');
    await drop(backend, 'another-greeter');
    await backend.until(ANOTHER, 'rejected');
    const { call } = await adminApi(backend);
    await call('POST', `/plugins/${GREETER}/disable`);
    await backend.until(GREETER, 'disabled');
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
    await call('POST', `/plugins/${GREETER}/enable`);
    await backend.until(GREETER, 'running');
  });
});

describe('a bundle that claims a plugin id of the portal itself', () => {
  test('is rejected, at boot and later, and not loaded again at other drops', async () => {
    const backend = await startBackend({
      prepare: (portal) => portal.add(staticGreeter),
      before: async (root) => dropFolder(await fixtureBundle(await tempDir(), 'greeter'), root, 'greeter'),
    });
    const refused = await backend.until(GREETER, 'rejected');
    expect(refused).toMatchObject({ code: 'PLUGIN_ID_CONFLICT', details: { static: true } });
    await drop(backend, 'another-greeter');
    const later = await backend.until(ANOTHER, 'rejected');
    expect(later).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
    await drop(backend, 'streams');
    await backend.until('streams-dynamic', 'running');
    await rm(join(backend.root, 'streams'), { recursive: true });
    await backend.until('streams-dynamic', 'gone');
    // Each attempt would be a transition of its own.
    expect(await backend.until(GREETER, 'rejected')).toMatchObject({ since: refused!.since });
    expect(await backend.until(ANOTHER, 'rejected')).toMatchObject({ since: later!.since });
    expect(await greeterVersion(backend)).toBe('static');
  });

  test('cannot take the id of the admin API, in whatever case', async () => {
    const backend = await startBackend();
    await drop(backend, 'claims-admin');
    expect(await backend.until('claims-admin-dynamic', 'rejected')).toMatchObject({ code: 'PLUGIN_ID_CONFLICT' });
    expect((await backend.get('/api/dynamic-plugins/v1/plugins')).status).toBe(401);
  });

  test('cannot reach into the paths of another plugin with a slash in its id', async () => {
    const backend = await startBackend();
    await drop(backend, 'claims-subpath');
    const status = await backend.until('claims-subpath-dynamic', 'rejected');
    expect(status).toMatchObject({ code: 'PLUGIN_ID_INVALID', message: expect.stringContaining('auth/deeper') });
    expect((await backend.get('/api/auth/deeper/x')).status).toBe(404);
  });
});
