import type { BackendFeature } from '@backstage/backend-plugin-api';
import { coreServices, createBackendModule, createBackendPlugin } from '@backstage/backend-plugin-api';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropFolder } from '../../support/bundles';
import { exportBundle } from '../../support/export';
import { startGithubServer } from '../../support/githubServer';
import { drop } from '../../support/greeter';
import { underLoad } from '../../support/load';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const PROVIDES = 'provides-entities-dynamic';
const GITHUB_CATALOG = '@backstage/plugin-catalog-backend-module-github';
const GITHUB_AUTH = '@backstage/plugin-auth-backend-module-github-provider';

/** Exports an installed package with the packager and drops it. */
async function dropPackage(backend: RunningBackend, name: string): Promise<string> {
  const entry = name.split('/')[1]!;
  const bundle = await exportBundle(join(repository, 'test'), join(await tempDir(), entry), name);
  await dropFolder(bundle, backend.root, entry);
  return entry;
}

async function withToken(backend: RunningBackend): Promise<(path: string) => Promise<Response>> {
  const authorization = `Bearer ${await backend.token()}`;
  return (path) => fetch(backend.url + path, { headers: { authorization } });
}

/** Does `work` while requests keep coming, and expects every one of them to be answered 200. */
async function uninterrupted(ask: () => Promise<Response>, work: () => Promise<void>): Promise<void> {
  const send = async (): Promise<number> => {
    const response = await ask();
    await response.arrayBuffer();
    return response.status;
  };
  const { answers, sent } = await underLoad(50, send, work);
  expect(sent).toBeGreaterThan(20);
  expect([...answers.keys()]).toEqual(['200']);
}

describe('a module dropped for the static catalog', () => {
  test('brings its entities without a restart, and takes them along when it goes', async () => {
    const backend = await startBackend({
      prepare: (portal) => portal.add(import('@backstage/plugin-catalog-backend')),
      config: { catalog: { processingInterval: { seconds: 1 } } },
    });
    const ask = await withToken(backend);
    const entity = (version: string) => async () =>
      (await ask(`/api/catalog/entities/by-name/component/default/provided-${version}`)).status;
    const shows = (version: string, status: number): Promise<unknown> =>
      waitFor(`provided-${version} to be ${status}`, async () => (await entity(version)()) === status);
    await uninterrupted(
      () => ask('/api/catalog/entities?limit=1'),
      async () => {
        expect(await entity('1.0.0')()).toBe(404);
        await drop(backend, 'provides-entities');
        await backend.until(PROVIDES, 'running');
        await shows('1.0.0', 200);
        await drop(backend, 'provides-entities', { version: '2.0.0' });
        await backend.until(PROVIDES, 'running', '2.0.0');
        await shows('2.0.0', 200);
        await shows('1.0.0', 404);
        await rm(join(backend.root, 'provides-entities'), { recursive: true });
        await backend.until(PROVIDES, 'gone');
        await shows('2.0.0', 404);
      },
    );
  });

  test('may be the one for GitHub, exported as it is published', async () => {
    const github = await startGithubServer('from-github');
    onTestFinished(() => github.close());
    const schedule = { frequency: { hours: 1 }, timeout: { minutes: 1 } };
    const host = (github.integrations.github as Array<{ host: string }>)[0]!.host;
    const backend = await startBackend({
      prepare: (portal) => portal.add(import('@backstage/plugin-catalog-backend')),
      config: {
        integrations: github.integrations,
        catalog: {
          processingInterval: { seconds: 1 },
          providers: { github: { acme: { organization: 'acme', host, schedule } } },
        },
      },
    });
    const ask = await withToken(backend);
    const status = async (): Promise<number> =>
      (await ask('/api/catalog/entities/by-name/component/default/from-github')).status;
    const entry = await dropPackage(backend, GITHUB_CATALOG);
    await uninterrupted(
      () => ask('/api/catalog/entities?limit=1'),
      async () => {
        await backend.until(`${GITHUB_CATALOG}-dynamic`, 'running');
        await waitFor('the entity', async () => (await status()) === 200);
        await rm(join(backend.root, entry), { recursive: true });
        await backend.until(`${GITHUB_CATALOG}-dynamic`, 'gone');
        await waitFor('the entity to go', async () => (await status()) === 404);
      },
    );
  });
});

test('an action dropped for the static scaffolder is there without a restart, and gone after its removal', async () => {
  const backend = await startBackend({
    prepare: (portal) => portal.add(import('@backstage/plugin-scaffolder-backend')),
  });
  const ask = await withToken(backend);
  const actions = async (): Promise<string[]> =>
    ((await (await ask('/api/scaffolder/v2/actions')).json()) as Array<{ id: string }>).map(({ id }) => id);
  await uninterrupted(
    () => ask('/api/scaffolder/v2/actions'),
    async () => {
      expect(await actions()).not.toContain('test:greet');
      await drop(backend, 'adds-action');
      await backend.until('adds-action-dynamic', 'running');
      expect(await actions()).toEqual(expect.arrayContaining(['test:greet', 'fetch:plain']));
      await rm(join(backend.root, 'adds-action'), { recursive: true });
      await backend.until('adds-action-dynamic', 'gone');
      expect(await actions()).not.toContain('test:greet');
    },
  );
});

test('an auth provider dropped for the static auth plugin signs people in without a restart, and sessions live on', async () => {
  const backend = await startBackend({
    config: {
      auth: {
        environment: 'development',
        session: { secret: 'a secret for the session' },
        providers: {
          guest: { dangerouslyAllowOutsideDevelopment: true },
          github: { development: { clientId: 'id', clientSecret: 'secret' } },
        },
      },
    },
  });
  const ask = await withToken(backend);
  const start = (): Promise<Response> =>
    fetch(`${backend.url}/api/auth/github/start?env=development&scope=read`, { redirect: 'manual' });
  expect((await start()).status).toBe(404);
  await uninterrupted(
    // A session from before: its key is still known.
    () => ask('/api/dynamic-plugins/v1/host'),
    async () => {
      const entry = await dropPackage(backend, GITHUB_AUTH);
      await backend.until(`${GITHUB_AUTH}-dynamic`, 'running');
      const started = await start();
      expect(started.status).toBe(302);
      expect(started.headers.get('location')).toMatch(/^https:\/\/github\.com\/login\/oauth\/authorize/);
      expect((await fetch(`${backend.url}/api/auth/guest/refresh`)).status).toBe(200);
      await rm(join(backend.root, entry), { recursive: true });
      await backend.until(`${GITHUB_AUTH}-dynamic`, 'gone');
      expect((await start()).status).toBe(404);
    },
  );
});

describe("Backstage's backend.startup settings", () => {
  const fails = (pluginId: string, moduleId?: string): BackendFeature => {
    const init = async (): Promise<void> => {
      throw new Error(`no ${moduleId ?? pluginId} today`);
    };
    if (!moduleId) return createBackendPlugin({ pluginId, register: (env) => env.registerInit({ deps: {}, init }) });
    return createBackendModule({ pluginId, moduleId, register: (env) => env.registerInit({ deps: {}, init }) });
  };
  const works = (pluginId: string): BackendFeature =>
    createBackendPlugin({
      pluginId,
      register: (env) =>
        env.registerInit({
          deps: { httpRouter: coreServices.httpRouter },
          async init({ httpRouter }) {
            httpRouter.addAuthPolicy({ path: '/', allow: 'unauthenticated' });
            httpRouter.use((_request, response) => void response.json({}));
          },
        }),
    });
  const start = (features: BackendFeature[], startup: Record<string, unknown>): Promise<RunningBackend> =>
    startBackend({ prepare: (portal) => features.forEach((feature) => portal.add(feature)), backend: { startup } });

  test('end the start by default when a static plugin or a static module fails', async () => {
    await expect(start([fails('broken')], {})).rejects.toThrow(/no broken today/);
    await expect(start([works('fine'), fails('fine', 'extra')], {})).rejects.toThrow(/no extra today/);
  });

  test('let the portal go on without a static plugin', async () => {
    const backend = await start([fails('broken'), works('fine')], {
      plugins: { broken: { onPluginBootFailure: 'continue' } },
    });
    expect((await backend.get('/api/fine')).status).toBe(200);
    expect((await backend.get('/api/broken')).status).toBe(503);
    await expect(
      start([fails('broken')], {
        default: { onPluginBootFailure: 'continue' },
        plugins: { broken: { onPluginBootFailure: 'abort' } },
      }),
    ).rejects.toThrow(/no broken today/);
  });

  test('let a static plugin go on without a static module', async () => {
    const modules = { extra: { onPluginModuleBootFailure: 'continue' } };
    const backend = await start([works('fine'), fails('fine', 'extra')], { plugins: { fine: { modules } } });
    expect((await backend.get('/api/fine')).status).toBe(200);
    const byDefault = await start([works('fine'), fails('fine', 'extra')], {
      default: { onPluginModuleBootFailure: 'continue' },
    });
    expect((await byDefault.get('/api/fine')).status).toBe(200);
  });
});
