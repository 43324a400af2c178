import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { build } from '../../portal/app/build.mjs';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { HELLO_PAGE, helloPageBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir, tempDir } from '../support/tempDir';

let dir: string;
let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  dir = await makeTempDir();
  // An app as somebody else has it: Backstage's createApp, and the package of the console. The backend finds it by its name.
  const source = join(repository, 'test/fixtures/adopter-app');
  const app = join(dir, 'packages/adopter-app');
  await mkdir(app, { recursive: true });
  await cp(join(source, 'package.json'), join(app, 'package.json'));
  await build({ dir: source, dist: join(app, 'dist') });
  [portal, browser] = await Promise.all([
    startPortal({
      config: { app: { packageName: 'adopter-app' }, hello: { greeting: 'Hello', heading: 'Good morning' } },
      env: { NODE_PATH: join(dir, 'packages') },
    }),
    startBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await removeTempDir(dir);
});

const notice = (page: Page) => page.getByRole('complementary', { name: 'Frontend plugins' });

/** Drops a page whose plugin throws when the app is wired, until the test ends. */
async function dropBroken(): Promise<void> {
  const manifest = await readFile(join(repository, 'test/fixtures/bundles/page/dist/mf-manifest.json'), 'utf8');
  const plugin = `{ $$type: '@backstage/FrontendPlugin', version: 'v1', pluginId: 'broken', id: 'broken', getExtension() {},
    info: async () => ({}), routes: {}, externalRoutes: {}, featureFlags: [], extensions: [{
      $$type: '@backstage/Extension', version: 'v2', id: 'page:broken', attachTo: { id: 'app/routes', input: 'routes' },
      disabled: false, inputs: {}, output: [], factory() { throw new Error('no luck'); } }] }`;
  const files = {
    'dist/remoteEntry.0123456789abcdef.js': `globalThis.broken = { init() {}, get: async () => () => ({ default: ${plugin} }) };`,
    'dist/mf-manifest.json': manifest.replaceAll('"page', '"broken'),
  };
  const options = { packageJson: { name: 'broken-dynamic' }, files };
  await dropFolder(await fixtureBundle(await tempDir(), 'page', options), portal.root, 'broken');
  onTestFinished(() => rm(join(portal.root, 'broken'), { recursive: true, force: true }));
  await untilState(portal, 'broken-dynamic', 'running');
}

describe("An adopter's app, which Backstage serves", () => {
  test('has the console, says that a frontend plugin came, and shows it after a reload, with its config', async () => {
    const { page, errors } = await openPage(browser, `${portal.url}/plugins`);
    await page.getByText('There are no plugins yet.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await dropFolder(await helloPageBundle(dir, '1.0.0'), portal.root, 'hello-page');
    await page.getByRole('row').filter({ hasText: HELLO_PAGE }).getByText('running').waitFor();
    await page.getByRole('link', { name: HELLO_PAGE }).click();
    await page.getByRole('button', { name: 'Disable' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/plugins/${HELLO_PAGE}`);
    await notice(page).getByText(`${HELLO_PAGE} 1.0.0 was added.`).waitFor();
    await notice(page).getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('link', { name: 'Hello' }).first().click();
    await page.getByText('This page is a dynamic plugin, version 1.0.0.').waitFor();
    // Only the page that the portal wrote can say so: this app asks for no config.
    await page.getByRole('heading', { name: 'Good morning' }).waitFor();
    expect(await notice(page).count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('goes on without a broken frontend plugin where it is made by our createApp, and is an error page where not', async () => {
    await dropBroken();
    const { page } = await openPage(browser, `${portal.url}/plugins?safe`);
    await notice(page).getByText("broken: Failed to instantiate extension 'page:broken', no luck").waitFor();
    await page.getByRole('link', { name: HELLO_PAGE }).waitFor();
    const { page: plain } = await openPage(browser, `${portal.url}/plugins`);
    await plain.getByText('App startup failed').waitFor();
  });
});
