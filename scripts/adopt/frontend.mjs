import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { npm } from '../lib/npm.mjs';
import { repository } from '../lib/repository.mjs';

/** Backstage's loader of frontend plugins, which not every registry has. */
const LOADER = '@backstage/frontend-dynamic-feature-loader';
/** Stands for it in the tests, too. */
const STAND_IN = {
  file: 'dynamicFrontendFeaturesLoader.ts',
  needs: '@backstage/module-federation-common @module-federation/runtime@2.9.2',
};
const PATIENCE_MS = 120_000;

/** Changes to a command of the guide and to the app, so that the guide can be followed where npm lacks Backstage's loader. */
export async function standIn(say) {
  const served = await npm(['view', LOADER, 'version']).then(
    () => true,
    () => false,
  );
  if (served) return { command: (text) => text, afterDiff: () => {} };
  say(
    `filled in: ${LOADER} (the registry lacks it: a file with the same contract, of this repository's tests, is put into the app)`,
  );
  return {
    command: (text) => text.replace(LOADER, STAND_IN.needs),
    afterDiff(app) {
      const file = join(app, 'packages/app/src/App.tsx');
      const text = readFileSync(file, 'utf8');
      if (!text.includes(LOADER)) return;
      writeFileSync(file, text.replace(`'${LOADER}'`, `'./dynamicFrontendFeaturesLoader'`));
      cpSync(
        join(repository, 'test/fixtures/adopter-app/src', STAND_IN.file),
        join(app, 'packages/app/src', STAND_IN.file),
      );
    },
  };
}

/** Makes the plugin that `backstage-cli new` made one that throws while an app is wired. */
export function breakPlugin(app) {
  const file = join(app, 'plugins/todo/src/plugin.tsx');
  const text = readFileSync(file, 'utf8');
  const broken = text.replace('[page]', "[page.override({ factory() { throw new Error('no luck'); } })]");
  if (broken === text) throw new Failure(`${file} has no extensions: [page]`, 'Look at the template of create-app.');
  writeFileSync(file, broken);
}

/**
 * Opens the app of a backend in Chromium, as a guest: the console, which lists `plugins`, and the page of the frontend plugin. Then
 * `upgrade` makes that plugin a broken one.
 */
export async function checkInBrowser(url, { plugins, upgrade, say }) {
  const { chromium } = createRequire(join(repository, 'test/package.json'))('playwright-core');
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE_MS);
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
    const runs = async () => {
      for (const name of plugins) await page.getByRole('row').filter({ hasText: name }).getByText('running').waitFor();
    };
    await page.goto(`${url}/plugins`);
    await page.getByRole('button', { name: 'Enter' }).click();
    await runs();
    await page.goto(`${url}/todo`);
    await page.getByText('Welcome to todo!').first().waitFor();
    say('the console lists what runs, and the page of the frontend plugin is there');
    await page.goto(`${url}/plugins`);
    const notice = page.getByRole('complementary', { name: 'Frontend plugins' });
    await upgrade();
    await notice.getByRole('button', { name: 'Reload' }).click();
    await notice.getByText('no luck').waitFor();
    await runs();
    say(
      'the plugin was upgraded to one that throws while the app is wired: the app goes on, and says why its page is missing',
    );
    if (errors.length > 0) throw new Failure(errors.join('\n'), 'No script of the page caught these.');
  } finally {
    await browser.close();
  }
}
