import AxeBuilder from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { debianProgram } from './debianProgram';
import { patience } from './patience';

/** Debian's Chromium, without a screen. The caller closes it. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: debianProgram('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** Kept for all pages of a look: scripts that one has loaded the next one has. */
const contexts = new WeakMap<Browser, Map<string, Promise<BrowserContext>>>();

/** A page that shows `url`, closed when the running test ends; `errors` fills with what its scripts fail to catch. */
export async function openPage(
  browser: Browser,
  url: string,
  look: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const page = await (await contextOf(browser, look)).newPage();
  onTestFinished(async () => await page.close());
  page.setDefaultTimeout(patience.effectMs);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  await page.goto(url);
  return { page, errors };
}

function contextOf(browser: Browser, look: BrowserContextOptions): Promise<BrowserContext> {
  const known = contexts.get(browser) ?? new Map<string, Promise<BrowserContext>>();
  contexts.set(browser, known);
  const key = JSON.stringify(look);
  const context = known.get(key) ?? browser.newContext({ viewport: { width: 1280, height: 900 }, ...look });
  known.set(key, context);
  return context;
}

/** What axe calls serious or critical on a page as it is shown now. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${String(target)}: ${failureSummary}`),
    );
}
