import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder } from '../support/bundles';
import { exportBundle } from '../support/export';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';

const CATALOG = '@backstage/plugin-catalog-backend';
const CATALOG_GITHUB = '@backstage/plugin-catalog-backend-module-github';
const SCAFFOLDER = '@backstage/plugin-scaffolder-backend';
const SEARCH = '@backstage/plugin-search-backend';
const SEARCH_PG = '@backstage/plugin-search-backend-module-pg';
const TECHDOCS = '@backstage/plugin-techdocs-backend';
const KAFKA = '@backstage/plugin-events-backend-module-kafka';
const PACKAGES = [TECHDOCS, SCAFFOLDER, CATALOG, CATALOG_GITHUB, SEARCH, SEARCH_PG, KAFKA];

/** What a session is answered by each plugin. */
const ANSWERS: Array<[plugin: string, path: string, status: number, body: unknown]> = [
  ['catalog', '/api/catalog/entities', 200, []],
  [
    'scaffolder',
    '/api/scaffolder/v2/actions',
    200,
    expect.arrayContaining([expect.objectContaining({ id: 'fetch:plain' })]),
  ],
  ['search', '/api/search/query?term=anything', 200, expect.objectContaining({ results: [] })],
  [
    'techdocs',
    '/api/techdocs/metadata/techdocs/default/component/none',
    404,
    expect.objectContaining({ error: expect.anything() }),
  ],
];

const entryOf = (name: string) => name.replace(/^@/, '').replace('/', '-');

let portal: Portal;
let dir: string;

beforeAll(async () => {
  dir = await makeTempDir();
  portal = await startPortal({
    config: {
      techdocs: { builder: 'external', generator: { runIn: 'local' }, publisher: { type: 'local' } },
      catalog: {
        providers: {
          github: {
            ours: { organization: 'nobody', schedule: { frequency: 'P1D', timeout: 'PT1M', initialDelay: 'P1D' } },
          },
        },
      },
      integrations: { github: [{ host: 'github.com', token: 'token' }] },
    },
  });
  const waiting = [...PACKAGES];
  const exportNext = async (): Promise<void> => {
    for (let name = waiting.shift(); name; name = waiting.shift()) {
      await exportBundle(join(repository, 'test'), join(dir, entryOf(name)), name);
    }
  };
  await Promise.all([exportNext(), exportNext()]);
  for (const name of PACKAGES) await dropFolder(join(dir, entryOf(name)), portal.root, entryOf(name));
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

describe('The large plugins of Backstage, exported and dropped beside each other into a running portal,', () => {
  test.each([CATALOG, CATALOG_GITHUB, SCAFFOLDER, SEARCH, SEARCH_PG, TECHDOCS])('%s runs', async (name) => {
    await untilState(portal, `${name}-dynamic`, 'running');
  });

  test.each(ANSWERS)('%s is closed without a session, and answers one', async (_plugin, path, status, body) => {
    expect((await portal.fetch(path)).status).toBe(401);
    const response = await portal.fetch(path, { token: true });
    expect([response.status, await response.json()]).toEqual([status, body]);
  });

  test('a module whose plugin is not there waits for it', async () => {
    expect(await untilState(portal, `${KAFKA}-dynamic`, 'waiting')).toMatchObject({ code: 'PLUGIN_ABSENT' });
  });
});
