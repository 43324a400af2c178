import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { build } from '../../portal/app/build.mjs';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder } from '../support/bundles';
import { HELLO_PAGE, helloPageBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { dropPages, FAILING } from './madeRemotes';

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

  test('is an error page with a frontend plugin that throws while it is wired, by itself', async () => {
    await dropPages(portal, { factory: FAILING.factory![0] });
    const { page } = await openPage(browser, `${portal.url}/plugins`);
    await page.getByText('App startup failed').waitFor();
  });

  test('goes on without it where it is made by our createApp', async () => {
    await dropPages(portal, { factory: FAILING.factory![0] });
    const { page } = await openPage(browser, `${portal.url}/plugins?safe`);
    await notice(page).getByText("factory: Failed to instantiate extension 'page:factory', no luck").waitFor();
    await page.getByRole('link', { name: HELLO_PAGE }).waitFor();
  });

  test('goes on where its features come from withRemotes, whatever remotes do, without what is wrong with them', async () => {
    const { bomb, ...wired } = Object.fromEntries(Object.entries(FAILING).map(([name, [script]]) => [name, script]));
    await dropPages(portal, wired);
    const { page } = await openPage(browser, `${portal.url}/plugins?with`);
    for (const reason of [
      "factory: Failed to instantiate extension 'page:factory', no luck",
      'nooutput: The app does not run with it: missing required extension data output',
      "dynamic-plugins: The portal itself has a plugin with the id 'dynamic-plugins'.",
      'app: The app does not run with it: ',
      'noextension: The app does not run with it: ',
      'unreadable: The app does not run with it: ',
    ])
      await notice(page).getByText(reason).waitFor();
    await page.getByRole('row').filter({ hasText: HELLO_PAGE }).getByText('running').waitFor();
    await page.getByRole('link', { name: 'Hello' }).first().click();
    await page.getByText('This page is a dynamic plugin, version 1.0.0.').waitFor();

    // No trial tells what throws once it is shown: it is shown as failed in its place.
    await dropPages(portal, { bomb: bomb! });
    await page.goto(`${portal.url}/plugins?with`);
    await notice(page).getByText('Its extension app-root-element:bomb failed: no luck').waitFor();
    await page.getByRole('row').filter({ hasText: HELLO_PAGE }).getByText('running').waitFor();
  });
});
