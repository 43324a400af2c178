import { createRequire } from 'node:module';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/repository.mjs';

const { chromium } = createRequire(join(repository, 'test/package.json'))('playwright-core');

/** Loads the page of plugins in Debian's Chromium, as the guest: by name of the bundle why the page goes without it, or without a part of it. */
export async function pageFaults(url) {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`${url}/plugins`);
    await page.getByRole('table').first().waitFor();
    const lines = await page.locator('.sd-remotes-fault').allTextContents();
    return new Map(lines.map((line) => [line.split(/[ :]/)[0], line.slice(line.indexOf(': ') + 2)]));
  } finally {
    await browser.close();
  }
}
