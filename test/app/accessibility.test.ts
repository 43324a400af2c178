import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
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

/** Every page, with what is on it and not on the one before. */
const PAGES = [
  ['/', 'Call through the proxy'],
  ['/plugins', 'opens-routes-dynamic'],
  ['/plugins/opens-routes-dynamic', 'Disable'],
  ['/plugins/absent', 'There is no plugin with this name'],
  ['/plugins/throws-in-init-dynamic', 'INIT_FAILED'],
] as const;

/** Waits for a text, then looks for faults. What fades in is of low contrast until it is there. */
async function check(page: Page, text: string): Promise<void> {
  await page.getByText(text).first().waitFor();
  await expect.poll(() => seriousFaults(page), { message: page.url() }).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}

describe.each(looks)('%s', (_look, options) => {
  test('no page has a serious fault of accessibility, nor needs sideways scrolling, nor has what asks before an action', async () => {
    const { page, errors } = await openPage(browser, portal.url, options);
    for (const [path, text] of PAGES) {
      // As a link in the app does it: without loading all of it again.
      await page.evaluate(`history.pushState(null, '', '${path}'); dispatchEvent(new PopStateEvent('popstate'))`);
      await check(page, text);
    }
    await page.getByRole('button', { name: 'Disable' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).waitFor();
    await check(page, 'Cancel');
    expect(errors).toEqual([]);
  });
});

describe.each([looks[0]!, looks[3]!])('%s', (_look, options) => {
  test.each([
    ['[]', 'Nobody can sign in yet'],
    ['["github", "google"]', 'Sign in with GitHub'],
  ])('neither has the page before all others where app.signIn is %s', async (providers, text) => {
    const { page, errors } = await openPage(browser, 'about:blank', options);
    await page.route(`${portal.url}/`, async (route) => {
      const response = await route.fetch();
      const body = (await response.text()).replace(/"signIn":\s*\[[^\]]*\]/, `"signIn": ${providers}`);
      await route.fulfill({ response, body });
    });
    await page.goto(portal.url);
    await check(page, text);
    expect(errors).toEqual([]);
  });
});
