import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { join } from 'node:path';
import { helloBundle } from '../support/hello';
import { dropFolder } from '../support/bundles';
import { portalDir, startPortal, type Portal } from '../support/portal';
import { pluginProcesses } from '../support/processes';
import { startPostgres, type Postgres } from '../support/postgres';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

const configFiles = ['app-config.yaml', 'app-config.production.yaml'].map((file) => join(portalDir, file));
const token = 'a-static-token-of-the-test';

describe('The production configuration on a real PostgreSQL', () => {
  let postgres: Postgres;
  let dir: string;

  beforeAll(async () => {
    postgres = await startPostgres();
    dir = await makeTempDir();
  });

  afterAll(async () => {
    await postgres?.stop();
    if (dir) await removeTempDir(dir);
  });

  /** The guest provider does not work in production, so the test signs in as an external service. */
  async function start(dynamicPlugins: Record<string, unknown> = {}): Promise<Portal> {
    const portal = await startPortal({
      configFiles,
      dir,
      env: { ...postgres.env, NODE_ENV: 'production', PORTAL_BASE_URL: 'https://portal.example.com' },
      config: {
        backend: { auth: { externalAccess: [{ type: 'static', options: { token, subject: 'test' } }] } },
        hello: { greeting: 'Hello from production' },
        dynamicPlugins,
      },
    });
    onTestFinished(async () => void (await portal.stop()));
    return portal;
  }

  async function addThing(portal: Portal, name: string): Promise<void> {
    const added = await portal.fetch('/api/hello/things', {
      token,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    expect(added.status).toBe(201);
  }

  test('keeps the rows of a dynamic plugin across a restart of the portal, and a move into a process of its own', async () => {
    const first = await start();
    await dropFolder(await helloBundle(dir, '1.0.0'), first.root, 'hello');
    await waitFor('the plugin to answer', async () => (await first.fetch('/api/hello/ping')).ok);
    await addThing(first, 'lamp');
    expect(await first.stop()).toEqual({ code: 0, signal: null });

    const second = await start({ isolation: 'process' });
    expect(await pluginProcesses(second.pid)).toHaveLength(1);
    await addThing(second, 'chair');
    const things = await second.fetch('/api/hello/things', { token });
    expect(await things.json()).toEqual({ things: ['lamp', 'chair'].map((name) => expect.objectContaining({ name })) });
    const rows = 'select name from things order by id';
    expect(await postgres.query('backstage_plugin_hello', rows)).toBe('lamp\nchair');
  });

  test('gives no session to guests', async () => {
    const portal = await start();
    expect((await portal.fetch('/api/auth/guest/refresh')).status).toBe(403);
  });
});
