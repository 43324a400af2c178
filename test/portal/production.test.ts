import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { helloBundle } from '../support/hello';
import { dropFolder } from '../support/bundles';
import { portalDir, startPortal, type Portal } from '../support/portal';
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
  async function start(): Promise<Portal> {
    const portal = await startPortal({
      configFiles,
      dir,
      env: { ...postgres.env, NODE_ENV: 'production', PORTAL_BASE_URL: 'https://portal.example.com' },
      config: {
        backend: { auth: { externalAccess: [{ type: 'static', options: { token, subject: 'test' } }] } },
        hello: { greeting: 'Hello from production' },
      },
    });
    onTestFinished(async () => void (await portal.stop()));
    return portal;
  }

  it('keeps the rows of a dynamic plugin across a restart of the portal', async () => {
    const first = await start();
    await dropFolder(await helloBundle(dir, '1.0.0'), first.root, 'hello');
    await waitFor('the plugin to answer', async () => (await first.fetch('/api/hello/ping')).ok);
    const added = await first.fetch('/api/hello/things', {
      token,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'lamp' }),
    });
    expect(added.status).toBe(201);
    expect(await first.stop()).toEqual({ code: 0, signal: null });

    const second = await start();
    const things = await second.fetch('/api/hello/things', { token });
    expect(await things.json()).toEqual({ things: [expect.objectContaining({ name: 'lamp' })] });
    expect(await postgres.query('backstage_plugin_hello', 'select name from things')).toBe('lamp');
  });

  it('gives no session to guests', async () => {
    const portal = await start();
    expect((await portal.fetch('/api/auth/guest/refresh')).status).toBe(403);
  });
});
