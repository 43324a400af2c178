import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder } from '../support/bundles';
import { startCatalogServer, type CatalogServer } from '../support/catalogServer';
import { exportBundle } from '../support/export';
import { underLoad } from '../support/load';
import { startPortal, type Portal } from '../support/portal';
import { pluginsOf, untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { copyAsVersion } from '../support/sourceCopy';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

/** Published packages, unmodified: what is asked of each, and what it answers to a session. */
const PLUGINS = [
  {
    package: '@backstage-community/plugin-sonarqube-backend',
    closed: '/api/sonarqube/instanceUrl',
    asked: '/api/sonarqube/instanceUrl',
    answer: [200, { instanceUrl: 'http://sonarqube.example.com' }],
  },
  {
    package: '@backstage-community/plugin-badges-backend',
    // Its own declaration opens every path of the form /entity/a/b, and what is below.
    closed: '/api/badges/entity',
    asked: '/api/badges/entity/default/component/known/badge-specs',
    answer: [200, expect.arrayContaining([expect.objectContaining({ id: 'pingback' })])],
  },
  {
    package: '@backstage-community/plugin-todo-backend',
    closed: '/api/todo/v1/todos',
    asked: '/api/todo/v1/todos',
    answer: [400, { error: { message: 'Entity filter is required to list TODOs' } }],
  },
  {
    package: '@backstage/plugin-notifications-backend',
    closed: '/api/notifications',
    asked: '/api/notifications',
    answer: [200, { notifications: [], totalCount: 0 }],
  },
] as const;
const GITHUB = '@backstage/plugin-auth-backend-module-github-provider';
const NOTIFICATIONS = '@backstage/plugin-notifications-backend';

const fromTest = join(repository, 'test');
const installed = (name: string) => dirname(createRequire(join(fromTest, 'x.js')).resolve(`${name}/package.json`));
const entryOf = (name: string) => name.replace(/^@/, '').replace('/', '-');

let portal: Portal;
let catalog: CatalogServer;
let dir: string;
const bundles = new Map<string, string>();

beforeAll(async () => {
  dir = await makeTempDir();
  catalog = await startCatalogServer('known');
  portal = await startPortal({
    config: {
      sonarqube: { baseUrl: 'http://sonarqube.example.com', apiKey: 'key' },
      discovery: catalog.discovery,
      auth: { providers: { github: { development: { clientId: 'id', clientSecret: 'secret' } } } },
    },
  });
  const waiting = [...PLUGINS.map((plugin) => plugin.package), GITHUB];
  const exportNext = async (): Promise<void> => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      bundles.set(name, await exportBundle(fromTest, join(dir, entryOf(name)), name));
    }
  };
  await Promise.all([exportNext(), exportNext()]);
});
afterAll(async () => {
  await portal?.stop();
  await catalog?.close();
  await removeTempDir(dir);
});

/** Drops the bundle of a package into the running portal. */
async function drop(name: string): Promise<void> {
  await dropFolder(bundles.get(name)!, portal.root, entryOf(name));
}

describe('published plugins, exported and dropped into a running portal,', () => {
  test('all run', async () => {
    for (const plugin of PLUGINS) expect((await portal.fetch(plugin.asked, { token: true })).status).toBe(404);
    const start = () => portal.fetch('/api/auth/github/start?env=development', { redirect: 'manual' });
    expect((await start()).status).toBe(404);
    for (const name of bundles.keys()) await drop(name);
    for (const name of bundles.keys()) await untilState(portal, `${name}-dynamic`, 'running');
    const rows = (await pluginsOf(portal)).map((status) => ({
      name: status.name,
      version: status.loaded?.version,
      provides: [
        ...status.pluginIds,
        ...status.modules.map((module) => `${module.pluginId}/${module.moduleId}`),
      ].join(),
      state: status.state,
      opened: status.openedRoutes.length,
    }));
    console.table(rows);
    expect(rows).toHaveLength(5);
  });

  test.each(PLUGINS)(
    '$package answers 401 without a session, and its own to one',
    async ({ closed, asked, answer }) => {
      for (const headers of [undefined, { authorization: 'Bearer nonsense' }]) {
        expect((await portal.fetch(closed, { headers })).status).toBe(401);
      }
      const response = await portal.fetch(asked, { token: true });
      expect([response.status, await response.json()]).toMatchObject(answer as unknown as unknown[]);
    },
  );

  test('the module adds its provider to the static auth plugin, and takes it along when it is removed', async () => {
    const start = () => portal.fetch('/api/auth/github/start?env=development', { redirect: 'manual' });
    const started = await start();
    expect(started.status).toBe(302);
    expect(started.headers.get('location')).toMatch(/^https:\/\/github\.com\/login\/oauth\/authorize\?/);
    await rm(join(portal.root, entryOf(GITHUB)), { recursive: true });
    await waitFor('the provider to be gone', async () => (await start()).status === 404);
    expect(await portal.guestToken()).toBeTruthy();
  });

  test('one is upgraded under up to 200 requests per second, and none fails', async () => {
    const name = `${NOTIFICATIONS}-dynamic`;
    const { version } = (await untilState(portal, name, 'running')).loaded!;
    const source = await copyAsVersion(installed(NOTIFICATIONS), join(dir, 'next/notifications'), '99.0.0');
    bundles.set(NOTIFICATIONS, await exportBundle(fromTest, join(dir, 'notifications-next'), source));
    const token = await portal.guestToken();
    let answered = 0;
    const ask = async () => {
      const response = await portal.fetch('/api/notifications/status', { token });
      const answer = `${response.status} ${JSON.stringify(await response.json())}`;
      answered++;
      return answer;
    };
    const more = async (count: number): Promise<void> => {
      const enough = answered + count;
      await waitFor(`${count} more answers`, async () => answered >= enough);
    };
    const upgrade = async () => {
      await more(200);
      expect((await untilState(portal, name, 'running')).loaded!.version).toBe(version);
      await drop(NOTIFICATIONS);
      await untilState(portal, name, 'running', '99.0.0');
      await more(200);
    };
    // Few at once: where the machine is busy otherwise, more would leave nothing for staging.
    const { answers, sent, elapsedMs } = await underLoad(200, ask, upgrade, 4);
    console.info(`${sent} requests in ${Math.round(elapsedMs)} ms, answers: ${[...answers.keys()].join(' | ')}`);
    expect(Object.fromEntries(answers)).toEqual({ '200 {"unread":0,"read":0}': sent });
  });
});
