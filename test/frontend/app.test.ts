import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../support/bundles';
import { HELLO, HELLO_PAGE, helloBundle, helloPageBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { untilGone, untilState } from '../support/portalPlugins';
import { makeTempDir, removeTempDir, tempDir } from '../support/tempDir';

const PATIENT = { timeout: 180_000 };

let dir: string;
let portal: Portal;
let browser: Browser;

beforeAll(async () => {
  dir = await makeTempDir();
  [portal, browser] = await Promise.all([
    startPortal({ readyTimeoutMs: 100_000, config: { hello: { greeting: 'Hello from the suite' } } }),
    startBrowser(),
  ]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  await removeTempDir(dir);
});

async function show(path: string): Promise<{ page: Page; errors: string[] }> {
  return await openPage(browser, portal.url + path);
}

const notice = (page: Page) => page.getByRole('complementary', { name: 'Frontend plugins' });

/** Drops a remote whose entry script is `script`, until the test ends. */
async function dropPage(script: string, options: FixtureOptions = {}): Promise<void> {
  const files = { 'dist/remoteEntry.0123456789abcdef.js': script, ...options.files };
  const bundle = await fixtureBundle(await tempDir(), 'page', { ...options, files });
  await dropFolder(bundle, portal.root, 'page');
  onTestFinished(async () => {
    await rm(join(portal.root, 'page'), { recursive: true, force: true });
    await untilGone(portal, 'page-dynamic');
  });
  await untilState(portal, 'page-dynamic', 'running');
}

/** A remote as Module Federation loads it, whose one module is `code`. */
const remote = (code: string): string =>
  `globalThis.page = { init() {}, get: async () => { const module = (() => { ${code} })(); return () => module; } };`;

describe('The app', () => {
  test(
    'says that a frontend plugin was dropped, shows its page after the reload, and the next version after the next one',
    PATIENT,
    async () => {
      const { page, errors } = await show('/');
      await page.getByRole('link', { name: 'Plugins' }).first().waitFor();
      expect(await page.getByRole('link', { name: 'Hello' }).count()).toBe(0);
      await dropFolder(await helloBundle(dir, '1.2.3', '--no-verify'), portal.root, 'hello');
      await dropFolder(await helloPageBundle(dir, '1.0.0'), portal.root, 'hello-page');
      await untilState(portal, HELLO, 'running');
      await notice(page).getByText(`${HELLO_PAGE} 1.0.0 was added.`).waitFor();
      await notice(page).getByRole('button', { name: 'Reload' }).click();
      await page.getByRole('link', { name: 'Hello' }).click();
      await page.getByText('This page is a dynamic plugin, version 1.0.0.').waitFor();
      await page.getByRole('button', { name: 'Ping the backend' }).click();
      await page.getByText('Hello from the suite (backend 1.2.3)').waitFor();
      await page.getByRole('button', { name: 'Who am I?' }).click();
      await page.getByText('You are user:development/guest.').waitFor();
      expect(await seriousFaults(page)).toEqual([]);

      await dropFolder(await helloPageBundle(dir, '1.1.0'), portal.root, 'hello-page');
      await notice(page).getByText(`${HELLO_PAGE} 1.1.0 was upgraded.`).waitFor();
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
    },
  );

  test.each([
    ['does not run', 'throw new Error("no luck");', /page-dynamic 1\.0\.0: /],
    ['throws when its module is loaded', remote('throw new Error("no luck");'), /page-dynamic 1\.0\.0: .*no luck/],
    ['brings no plugin', remote('return { default: 42 };'), /None of what it exposes \(\., alpha\)/],
    [
      'comes as a plugin of the portal itself',
      remote(
        'return { default: { $$type: "@backstage/FrontendPlugin", version: "v1", pluginId: "plugins", extensions: [] } };',
      ),
      /The id 'plugins' belongs to the portal itself\./,
    ],
    [
      'is no plugin that Backstage can read',
      remote('return { default: { $$type: "@backstage/FrontendPlugin", pluginId: "page" } };'),
      /page-dynamic 1\.0\.0: /,
    ],
  ])('goes on without a remote that %s, and says why', PATIENT, async (_what, script, says) => {
    await dropPage(script);
    const { page } = await show('/plugins');
    await notice(page).getByText(says).waitFor();
    await page.getByRole('heading', { name: 'Plugins' }).first().waitFor();
    await notice(page).getByRole('button', { name: 'Dismiss' }).click();
    expect(await notice(page).count()).toBe(0);
  });
});
