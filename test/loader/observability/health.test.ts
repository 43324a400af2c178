import {
  coreServices,
  createBackendPlugin,
  createServiceFactory,
  type RootConfigService,
} from '@backstage/backend-plugin-api';
import { createBackend } from '@backstage/backend-defaults';
import { ConfigReader } from '@backstage/config';
import type { PluginStatus } from '@stagedoor/loader';
import { pluginHealthServiceRef, type HealthCheck } from '@stagedoor/loader/pluginHealth';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fixturePackage } from '../../cli/export/exportSupport';
import { adminApi } from '../../support/adminApi';
import { collectingLogger, startBackend, type BackendOptions, type RunningBackend } from '../../support/backend';
import { dropFolder } from '../../support/bundles';
import { openEvents } from '../../support/eventStream';
import { exportBundle } from '../../support/export';
import { freePort } from '../../support/freePort';
import { drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const TELLS = 'tells-health-dynamic';

type Health = NonNullable<PluginStatus['health']>[string];

/** Rounds that follow each other so quickly that a test can wait for three. */
const QUICK = { health: { interval: '100ms' } };

interface HealthBackend {
  backend: RunningBackend;
  /** The answer of the API, and its HTTP status. */
  health(): Promise<Health & { http: number }>;
  /** Sets what the plugin's check does next; see the fixture. */
  say(answer: Record<string, unknown>): Promise<void>;
  runs(): Promise<{ pid: number; database: number; most: number }>;
}

async function tellingBackend(options: BackendOptions = {}): Promise<HealthBackend> {
  const backend = await startBackend({ ...options, dynamicPlugins: { ...QUICK, ...options.dynamicPlugins } });
  await drop(backend, 'tells-health');
  await backend.until(TELLS, 'running');
  const { call } = await adminApi(backend);
  return {
    backend,
    async health() {
      const { status, body } = await call<Health>('GET', '/tells-health/health');
      return { ...body, http: status };
    },
    async say(answer) {
      const query = encodeURIComponent(JSON.stringify(answer));
      await backend.get(`/api/tells-health/say?answer=${query}`);
    },
    runs: async () => (await backend.get('/api/tells-health/runs')).json() as never,
  };
}

describe('the health of a plugin', () => {
  test('is what its checks say, the worst of them deciding, with 503 for an error', async () => {
    const { health, say } = await tellingBackend();
    expect(await health()).toMatchObject({
      http: 200,
      status: 'ok',
      condition: 'healthy',
      checks: [
        { name: 'database', status: 'ok' },
        { name: 'queue', status: 'ok' },
      ],
    });
    await say({ status: 'degraded', details: { replicas: 1 } });
    const degraded = await until(health, ({ status }) => status === 'degraded');
    expect(degraded).toMatchObject({ http: 200, condition: 'degraded' });
    expect(degraded.checks[0]).toMatchObject({ status: 'degraded', details: { replicas: 1 } });
    await say({ fault: 'connection refused' });
    const failed = await until(health, ({ status }) => status === 'error');
    expect(failed.http).toBe(503);
    expect(failed.checks[0]).toMatchObject({ name: 'database', status: 'error', message: 'connection refused' });
    expect(failed.checks[1]).toMatchObject({ name: 'queue', status: 'ok' });
  });

  test('is asked in rounds and answered from the last one', async () => {
    const { health, runs } = await tellingBackend({ dynamicPlugins: { health: { interval: '1h' } } });
    const { checkedAt } = await health();
    await Promise.all(Array.from({ length: 20 }, () => health()));
    expect((await health()).checkedAt).toBe(checkedAt);
    expect((await runs()).database).toBe(1);
  });

  test('is an error when a check is late, and no check runs twice at a time', async () => {
    const { health, say, runs } = await tellingBackend({
      dynamicPlugins: { health: { interval: '100ms', timeout: '300ms' } },
    });
    await say({ delayMs: 2000 });
    const late = await until(health, ({ status }) => status === 'error');
    expect(late.checks[0]!.message).toMatch(/did not answer within 0.3 s|has not ended/);
    await until(health, ({ checks }) => /has not ended/.test(checks[0]!.message ?? ''));
    expect((await runs()).most).toBe(1);
    await say({});
    await until(health, ({ status }) => status === 'ok');
    expect((await runs()).most).toBe(1);
  });

  test('makes it "running (degraded)" after three bad rounds in a row, and healthy again after a good one', async () => {
    const { backend, say, health } = await tellingBackend();
    const events = await openEvents(backend);
    const heard = async (code?: string): Promise<unknown> =>
      (await events.next(({ event, data }) => event === 'health' && (data as { code?: string }).code === code)).data;
    await say({ fault: 'down' });
    const status = await waitFor('a degraded plugin', async () => {
      const found = (await backend.plugins()).find(({ name }) => name === TELLS)!;
      return found.health?.['tells-health']?.condition === 'degraded' && found;
    });
    expect(status).toMatchObject({ state: 'running', health: { 'tells-health': { status: 'error' } } });
    expect(backend.logs.join('\n')).toMatch(/warn PLUGIN_UNHEALTHY: .*'tells-health' fail. database: down/);
    expect((await backend.get('/api/tells-health/runs')).status).toBe(200);
    const since = status.health!['tells-health']!.since;
    await say({});
    const healthy = await until(health, ({ condition }) => condition === 'healthy');
    expect(Date.parse(healthy.since)).toBeGreaterThan(Date.parse(since));
    expect(await heard('PLUGIN_UNHEALTHY')).toMatchObject({ plugin: TELLS, state: 'running', version: '1.0.0' });
    expect(await heard()).toMatchObject({ plugin: TELLS, state: 'running' });
    events.close();
  });

  test('starts the process of a plugin anew that has one', async () => {
    const { backend, say, runs, health } = await tellingBackend({ dynamicPlugins: { isolation: 'process' } });
    const { pid } = await runs();
    expect(await health()).toMatchObject({ http: 200, checks: [{ name: 'database' }, { name: 'queue' }] });
    await say({ fault: 'out of connections' });
    await backend.until(TELLS, 'backoff');
    const restarted = await backend.until(TELLS, 'running');
    expect(restarted!.process!.restarts).toBe(1);
    expect((await runs()).pid).not.toBe(pid);
    expect(await until(health, ({ status }) => status === 'ok')).toMatchObject({ condition: 'healthy' });
    expect(backend.logs.join('\n')).toMatch(/its health checks failed three times in a row/);
  });

  test('is unknown for a plugin that is not there, and an error for one that does not run', async () => {
    const { backend } = await tellingBackend();
    const { call } = await adminApi(backend);
    expect(await call('GET', '/nobody/health')).toMatchObject({
      status: 404,
      body: { error: { code: 'PLUGIN_UNKNOWN' } },
    });
    await call('POST', `/plugins/${TELLS}/disable`);
    await backend.until(TELLS, 'disabled');
    expect(await call('GET', '/tells-health/health')).toMatchObject({
      status: 503,
      body: { checks: [{ name: 'plugin', message: 'The plugin is not running.' }] },
    });
  });
});

describe('what a check answers', () => {
  test.each([
    ['something else than it may', async () => ({ status: 'fine' }) as never, 'error', { message: /neither ok/ }],
    ['nothing of use', async () => 42 as never, 'error', { message: /neither ok/ }],
    ['a throw that is no error', () => Promise.reject(new String('broken')), 'error', { message: /broken/ }],
    [
      'details that go round in circles',
      async () => ({ status: 'ok', details: circle() }),
      'ok',
      { details: /not JSON/ },
    ],
    ['details without end', async () => ({ status: 'ok', details: { a: 'x'.repeat(1e6) } }), 'ok', { details: /4096/ }],
  ] as Array<[string, HealthCheck['check'], string, Record<string, RegExp>]>)(
    '%s is shown as far as it can be',
    async (_what, check, status, shown) => {
      const backend = await startBackend({ prepare: (portal) => portal.add(staticPlugin([{ name: 'odd', check }])) });
      const { call } = await adminApi(backend);
      const { body } = await call<Health>('GET', '/checked/health');
      expect(body.checks).toMatchObject([{ name: 'odd', status }]);
      for (const [key, pattern] of Object.entries(shown)) {
        expect(JSON.stringify(body.checks[0]![key as 'message'])).toMatch(pattern);
      }
    },
  );

  test('by a name that is taken is refused where it is added', async () => {
    const check = async (): Promise<void> => {};
    const backend = startBackend({
      prepare: (portal) =>
        portal.add(
          staticPlugin([
            { name: 'same', check },
            { name: 'same', check },
          ]),
        ),
    });
    await expect(backend).rejects.toThrow(/Health check 'same' already exists/);
  });
});

test('a plugin that imports the service from the loader carries it in its bundle', async () => {
  const bundle = await exportBundle(await fixturePackage('checks-its-health'), join(await tempDir(), 'bundle'));
  const { dependencies } = JSON.parse(await readFile(join(bundle, 'package.json'), 'utf8')) as {
    dependencies?: object;
  };
  expect(dependencies ?? {}).toEqual({});
  const backend = await startBackend();
  await dropFolder(bundle, backend.root, 'checks-its-health');
  await backend.until('checks-its-health-backend-dynamic', 'running');
  const { call } = await adminApi(backend);
  expect((await call<Health>('GET', '/checks-its-health/health')).body).toMatchObject({
    condition: 'degraded',
    checks: [{ name: 'always', status: 'degraded', message: 'as ever' }],
  });
});

test('a plugin with health checks runs in a plain createBackend()', async () => {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const listen = { host: '127.0.0.1', port };
  const database = { client: 'better-sqlite3', connection: ':memory:' };
  const config: RootConfigService = new ConfigReader({ backend: { baseUrl: url, listen, database } });
  const backend = createBackend();
  backend.add(createServiceFactory({ service: coreServices.rootConfig, deps: {}, factory: () => config }));
  backend.add(
    createServiceFactory({ service: coreServices.rootLogger, deps: {}, factory: () => collectingLogger([]) }),
  );
  backend.add(staticPlugin([{ name: 'never-run', check: () => Promise.reject(new Error('ran')) }]));
  onTestFinished(() => backend.stop());
  await backend.start();
  expect((await fetch(`${url}/.backstage/health/v1/readiness`)).status).toBe(200);
});

function staticPlugin(checks: HealthCheck[]): ReturnType<typeof createBackendPlugin> {
  return createBackendPlugin({
    pluginId: 'checked',
    register: (env) =>
      env.registerInit({
        deps: { health: pluginHealthServiceRef },
        init: async ({ health }) => checks.forEach((check) => health.addCheck(check)),
      }),
  });
}

function circle(): Record<string, unknown> {
  const round: Record<string, unknown> = {};
  round.round = round;
  return round;
}

function until(health: HealthBackend['health'], is: (health: Health) => boolean): ReturnType<typeof health> {
  return waitFor('another health', async () => {
    const found = await health();
    return is(found) && found;
  });
}
