import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openPage, startBrowser } from '../support/browser';
import { dropFolder } from '../support/bundles';
import { exportBundle } from '../support/export';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { makeTempDir } from '../support/tempDir';

const FRONTENDS = ['catalog', 'api-docs', 'scaffolder', 'search', 'techdocs', 'user-settings', 'catalog-graph'];
const BACKENDS = [
  ...['catalog-backend', 'search-backend', 'scaffolder-backend', 'techdocs-backend'],
  ...['catalog-backend-module-scaffolder-entity-model', 'search-backend-module-catalog'],
];
const HOUR_MS = 3_600_000;

let portal: Portal;
let browser: Browser;

/** The bundle of a package of Backstage, exported by name; BUNDLES names a folder in which exports are kept for the next run. */
async function bundleOf(name: string, dir: string): Promise<string> {
  const out = join(dir, name);
  if (existsSync(join(out, 'dynamic-bundle.json'))) return out;
  return await exportBundle(join(repository, 'test'), out, `@backstage/plugin-${name}`);
}

beforeAll(async () => {
  const dir = process.env.BUNDLES ?? (await makeTempDir());
  const kinds = ['Component', 'System', 'API', 'Group', 'Template'];
  const schedule = { frequency: { seconds: 10 }, initialDelay: { seconds: 3 }, timeout: { minutes: 1 } };
  portal = await startPortal({
    config: {
      catalog: {
        locations: [{ type: 'file', target: join(import.meta.dirname, 'entities.yaml'), rules: [{ allow: kinds }] }],
      },
      search: { collators: { catalog: { schedule } } },
      techdocs: { builder: 'local', generator: { runIn: 'local' }, publisher: { type: 'local' } },
    },
  });
  browser = await startBrowser();
  for (const name of [...BACKENDS, ...FRONTENDS]) await dropFolder(await bundleOf(name, dir), portal.root, name);
  for (const name of [...BACKENDS, ...FRONTENDS]) {
    await untilState(portal, `@backstage/plugin-${name}-dynamic`, 'running');
  }
}, HOUR_MS);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

async function show(path: string): Promise<Page> {
  return (await openPage(browser, portal.url + path)).page;
}

test('Seven published frontends of Backstage show their pages together, and none of them fails', async () => {
  const page = await show('/catalog');
  await page.getByRole('link', { name: 'Shop' }).first().waitFor();
  for (const name of ['Catalog', 'APIs', 'Create', 'Docs', 'Search', 'Settings']) {
    await page.getByRole('link', { name }).first().waitFor();
  }
  expect(await page.getByRole('complementary', { name: 'Frontend plugins' }).count()).toBe(0);
});

test('The page of an entity has the cards of several frontends', async () => {
  const page = await show('/catalog/default/component/shop');
  for (const text of ['About', 'Links', 'Depends on components', 'Relations']) {
    await page.getByText(text, { exact: true }).first().waitFor();
  }
  await page.getByRole('link', { name: 'Stock' }).first().waitFor();
});

test('A search finds an entity', async () => {
  const page = await show('/search?query=shop');
  await page.getByRole('link', { name: /Shop/ }).first().waitFor();
});

test('A template runs to its end', async () => {
  const page = await show('/create/templates/default/greet');
  await page.getByRole('textbox', { name: /Name/ }).fill('Ada');
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByText('Hello Ada').first().waitFor();
});
