import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { makeTempDir, removeTempDir } from '../support/tempDir';

let portal: Portal;
let browser: Browser;
let dir: string | undefined;

beforeAll(async () => {
  [portal, browser] = await Promise.all([startPortal(), startBrowser()]);
  dir = await makeTempDir();
  const opens = await fixtureBundle(dir, 'opens-routes', { packageJson: { opens: ['/open'] } });
  await dropFolder(opens, portal.root, 'opens-routes');
  await dropFolder(await fixtureBundle(dir, 'throws-in-init'), portal.root, 'throws-in-init');
  await untilState(portal, 'opens-routes-dynamic', 'running');
  await untilState(portal, 'throws-in-init-dynamic', 'failed');
});

afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  if (dir) await removeTempDir(dir);
});

const phone = { viewport: { width: 390, height: 844 } };
const looks: Array<[string, BrowserContextOptions]> = [
  ['in light', { colorScheme: 'light' }],
  ['in dark', { colorScheme: 'dark' }],
  ['on a phone', { ...phone, colorScheme: 'light' }],
  ['on a phone in dark', { ...phone, colorScheme: 'dark' }],
];

describe.each(looks)('%s', (_look, options) => {
  test.each([
    ['/', 'Call through the proxy'],
    ['/plugins', 'opens-routes-dynamic'],
    ['/plugins/opens-routes-dynamic', 'Disable'],
    ['/plugins/throws-in-init-dynamic', 'INIT_FAILED'],
    ['/plugins/absent', 'There is no plugin of that name'],
  ])('%s has no serious fault of accessibility, and needs no sideways scrolling', async (path, text) => {
    const { page, errors } = await openPage(browser, portal.url + path, options);
    await page.getByText(text).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });

  test.each([
    ['[]', 'Nobody can sign in yet'],
    ['["github", "google"]', 'Sign in with GitHub'],
  ])('neither has the page before all others where app.signIn is %s', async (providers, text) => {
    const { page, errors } = await openPage(browser, portal.url, options);
    await page.route(portal.url, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/"signIn":\s*\[[^\]]*\]/, `"signIn": ${providers}`);
      await route.fulfill({ response, body });
    });
    await page.reload();
    await page.getByText(text).first().waitFor();
    expect(await seriousFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
  });

  test('neither has what asks before an action', async () => {
    const { page } = await openPage(browser, `${portal.url}/plugins/opens-routes-dynamic`, options);
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
    // It fades in, and is of low contrast until it is there.
    await expect.poll(() => seriousFaults(page), { timeout: 10_000 }).toEqual([]);
  });
});
