import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure } from '../lib/failure.mjs';
import { npm } from '../lib/npm.mjs';
import { repository } from '../lib/repository.mjs';
import { editJson } from './editJson.mjs';

/** Backstage's loader of frontend plugins, which not every registry has. */
const LOADER = '@backstage/frontend-dynamic-feature-loader';
/** Stands for it in the tests, too. */
const STAND_IN = {
  file: 'dynamicFrontendFeaturesLoader.ts',
  needs: '@backstage/module-federation-common @module-federation/runtime@2.9.2',
};
const PATIENCE_MS = 120_000;

/** What a new frontend plugin is developed with; registries may lack the release that the template asks for. */
const DEV_UTILS = '@backstage/frontend-dev-utils';

/** Changes to the app and to commands of the guide, so that it can be followed where npm lacks packages that it takes. */
export async function standIns(app, say) {
  const hasLoader = await serves(LOADER);
  const hasDevUtils = await serves(`${DEV_UTILS}@1`);
  if (!hasLoader)
    say(
      `filled in: ${LOADER} (the registry lacks it: a file of this repository's tests with the same contract is put into the app)`,
    );
  if (!hasDevUtils)
    say(`filled in: ${DEV_UTILS} (the registry lacks it: new frontend plugins go without their folder dev)`);
  return {
    command: (text) => (hasLoader ? text : text.replace(LOADER, STAND_IN.needs)),
    afterwards() {
      if (!hasLoader) takeLoader(app);
      if (!hasDevUtils) dropDevUtils(app);
    },
  };
}

/** npm answers with nothing if a package has no version in a range. */
async function serves(spec) {
  return await npm(['view', spec, 'version']).then(
    (output) => output.trim() !== '',
    () => false,
  );
}

function takeLoader(app) {
  const file = join(app, 'packages/app/src/App.tsx');
  const text = readFileSync(file, 'utf8');
  if (!text.includes(LOADER)) return;
  writeFileSync(file, text.replace(`'${LOADER}'`, `'./dynamicFrontendFeaturesLoader'`));
  cpSync(
    join(repository, 'test/fixtures/adopter-app/src', STAND_IN.file),
    join(app, 'packages/app/src', STAND_IN.file),
  );
}

function dropDevUtils(app) {
  const plugin = join(app, 'plugins/todo');
  if (!existsSync(join(plugin, 'dev'))) return;
  rmSync(join(plugin, 'dev'), { recursive: true });
  editJson(join(plugin, 'package.json'), ({ devDependencies }) => delete devDependencies[DEV_UTILS]);
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
