import { cp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder } from '../support/bundles';
import { exportBundle } from '../support/export';
import { HELLO, HELLO_PAGE, helloBundle, helloPageBundle } from '../support/hello';
import { takePicture } from '../support/pictures';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { BOMB, dropPages, extension, FAILING, feature, ROUTES } from './madeRemotes';

let dir: string;
let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  dir = await makeTempDir();
  [portal, browser] = await Promise.all([
    startPortal({
      config: { hello: { greeting: 'Hello from the suite', heading: 'Good morning' } },
    }),
    startBrowser(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await removeTempDir(dir);
});

async function show(path: string): Promise<{ page: Page; errors: string[] }> {
  return await openPage(browser, portal.url + path);
}

const notice = (page: Page) => page.getByRole('complementary', { name: 'Frontend plugins' });

describe('The app', () => {
  test('says that a frontend plugin was dropped, shows its page after the reload, and the next version after the next one', async () => {
    const { page, errors } = await show('/');
    await page.getByRole('link', { name: 'Plugins' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'Hello' }).count()).toBe(0);
    await dropFolder(await helloBundle(dir, '1.2.3', '--no-start-check'), portal.root, 'hello');
    await dropFolder(await helloPageBundle(dir, '1.0.0'), portal.root, 'hello-page');
    await untilState(portal, HELLO, 'running');
    await notice(page).getByText(`${HELLO_PAGE} 1.0.0 was added.`).waitFor();
    await notice(page).getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('link', { name: 'Hello' }).click();
    await page.getByText('This page is a dynamic plugin, version 1.0.0.').waitFor();
    // From app-config: the schema of the bundle lets browsers see it.
    await page.getByRole('heading', { name: 'Good morning' }).waitFor();
    await page.getByRole('button', { name: 'Ping the backend' }).click();
    await page.getByText('Hello from the suite (backend 1.2.3)').waitFor();
    await page.getByRole('button', { name: 'Who am I?' }).click();
    await page.getByText('You are user:development/guest.').waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await takePicture(page, 'hello-page');
    await page.getByRole('link', { name: 'Plugins' }).first().click();
    await page.getByRole('row').filter({ hasText: HELLO_PAGE }).getByText('running').waitFor();
    await takePicture(page, 'console');
    await page.goBack();

    await dropFolder(await helloPageBundle(dir, '1.1.0'), portal.root, 'hello-page');
    await notice(page).getByText(`${HELLO_PAGE} was updated to 1.1.0.`).waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    await notice(page).getByRole('button', { name: 'Reload' }).click();
    await page.getByText('This page is a dynamic plugin, version 1.1.0.').waitFor();
    expect(await notice(page).count()).toBe(0);

    await rm(join(portal.root, 'hello-page'), { recursive: true });
    await notice(page).getByText(`${HELLO_PAGE} 1.1.0 was removed.`).waitFor();
    await notice(page).getByRole('button', { name: 'Reload' }).click();
    await page.getByRole('link', { name: 'Plugins' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'Hello' }).count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('shows a published plugin of the community, exported unmodified, whatever other remotes do, and says why each of them failed', async () => {
    const radar = join(dir, 'radar');
    await exportBundle(join(repository, 'test'), radar, '@backstage-community/plugin-tech-radar');
    await dropFolder(radar, portal.root, 'radar');
    await dropPages(portal, Object.fromEntries(Object.entries(FAILING).map(([name, [script]]) => [name, script])));
    await untilState(portal, '@backstage-community/plugin-tech-radar-dynamic', 'running');
    const { page } = await show('/plugins');
    for (const [, reason] of Object.values(FAILING)) await notice(page).getByText(reason).waitFor();
    expect(await notice(page).getByText('-dynamic 1.').count()).toBe(Object.keys(FAILING).length);
    await page.getByRole('heading', { name: 'Plugins' }).first().waitFor();
    await notice(page).getByRole('button', { name: 'Dismiss' }).click();
    expect(await notice(page).count()).toBe(0);
    await page.getByRole('link', { name: 'Tech Radar' }).click();
    await page.getByText('Company Radar').waitFor();
    await page.getByText('TypeScript', { exact: true }).first().waitFor();
  });

  test('shows an icon and a factory that throw as failed in their places, and all else of the plugin', async () => {
    const source = join(dir, 'throwing-source');
    await cp(join(repository, 'test/fixtures/frontends/throwing'), source, { recursive: true });
    await symlink(join(repository, 'node_modules'), join(source, 'node_modules'), 'dir');
    await dropFolder(await exportBundle(source, join(dir, 'throwing')), portal.root, 'throwing');
    onTestFinished(() => rm(join(portal.root, 'throwing'), { recursive: true }));
    await untilState(portal, '@fixture/throwing-dynamic', 'running');
    const { page } = await show('/plugins');
    const link = page.getByRole('link', { name: /Throwing/ });
    await link.getByRole('img', { name: '@fixture/throwing-dynamic: Its extension' }).first().waitFor();
    const inPlace = page.getByText('Its extension throwing/factory failed: no luck in the factory');
    await inPlace.first().waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'Showcase' }).first().waitFor();
    await notice(page).getByRole('button', { name: 'Dismiss' }).click();
    await link.click();
    await page.getByText('The page itself is fine.').waitFor();
  });

  test('shows what a page throws in its place', async () => {
    const [path, element] = ['core.routing.path', 'core.reactElement'];
    const broken = `return [give('${path}', '/broken'), give('${element}', ${BOMB})];`;
    await dropPages(portal, {
      page: feature('page', 'FrontendPlugin', 'page', extension('page:page', ROUTES, [path, element], broken)),
    });
    const { page } = await show('/broken');
    await page.getByText('no luck').first().waitFor();
    await page.getByRole('link', { name: 'Plugins' }).first().click();
    await page.getByRole('heading', { name: 'Plugins' }).first().waitFor();
  });
});
