import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPage, seriousFaults, startBrowser } from '../support/browser';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { exportBundle } from '../support/export';
import { HELLO, HELLO_PAGE, helloBundle, helloPageBundle } from '../support/hello';
import { takePicture } from '../support/pictures';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { repository } from '../support/repository';
import { makeTempDir, removeTempDir, tempDir } from '../support/tempDir';

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

/** Drops remotes whose entry scripts these are, by name, until the test ends. */
async function dropPages(scripts: Record<string, string>): Promise<void> {
  for (const [name, script] of Object.entries(scripts)) {
    const manifest = await readFile(join(repository, 'test/fixtures/bundles/page/dist/mf-manifest.json'), 'utf8');
    const files = {
      'dist/remoteEntry.0123456789abcdef.js': script,
      'dist/mf-manifest.json': manifest.replaceAll('"page', `"${name}`),
    };
    const bundle = await fixtureBundle(await tempDir(), 'page', { packageJson: { name: `${name}-dynamic` }, files });
    await dropFolder(bundle, portal.root, name);
    onTestFinished(() => rm(join(portal.root, name), { recursive: true, force: true }));
  }
  for (const name of Object.keys(scripts)) await untilState(portal, `${name}-dynamic`, 'running');
}

/** A remote as Module Federation loads it, whose one module is `code`. */
const remote = (name: string, code: string): string =>
  `globalThis.${name} = { init() {}, get: async () => { const module = (() => { ${code} })(); return () => module; } };`;

/** A remote with a plugin, or a module, of some extensions. */
const feature = (name: string, type: string, pluginId: string, extensions: string): string =>
  remote(
    name,
    `return { default: { $$type: '@backstage/${type}', version: 'v1', pluginId: '${pluginId}', id: '${pluginId}',
      getExtension() {}, info: async () => ({}), routes: {}, externalRoutes: {}, featureFlags: [], extensions: [${extensions}] } };`,
  );

/** What throws when React comes to it. */
const BOMB = `{ $$typeof: Symbol.for('react.element'), type() { throw new Error('no luck'); }, key: null, ref: null, props: {} }`;

/** An extension as `createExtension` makes it: where it is attached, what it gives, and the body of its factory. */
const extension = (id: string, attachTo: { id: string; input: string }, output: string[], factory: string): string =>
  `{ $$type: '@backstage/Extension', version: 'v2', id: '${id}', attachTo: ${JSON.stringify(attachTo)}, disabled: false, inputs: {},
    output: ${JSON.stringify(output)}.map((id) => ({ $$type: '@backstage/ExtensionDataRef', id, config: {} })),
    factory() { const give = (id, value) => ({ $$type: '@backstage/ExtensionDataValue', id, value }); ${factory} } }`;

const THROW = 'throw new Error("no luck");';
const ROUTES = { id: 'app/routes', input: 'routes' };
const ELEMENTS = { id: 'app/root', input: 'elements' };

/** Remotes that fail, each with the reason that people are told. */
const FAILING: Record<string, [script: string, reason: string | RegExp]> = {
  noscript: ['throw new Error("no luck");', /noscript-dynamic 1\.0\.0: /],
  throws: [remote('throws', THROW), /throws-dynamic 1\.0\.0: .*no luck/],
  noplugin: [
    remote('noplugin', 'return { default: 42 };'),
    /noplugin-dynamic 1\.0\.0: None of what it exposes \(\., alpha\)/,
  ],
  legacy: [
    remote('legacy', 'return { oldPlugin: { getId() {}, getApis() {}, provide() {} } };'),
    /legacy-dynamic 1\.0\.0: It is a plugin of the old frontend system\. .*convertLegacyPlugin/,
  ],
  replacer: [
    feature('replacer', 'FrontendPlugin', 'dynamic-plugins', ''),
    "The id 'dynamic-plugins' belongs to the portal itself.",
  ],
  unreadable: [
    remote('unreadable', 'return { default: { $$type: "@backstage/FrontendPlugin", pluginId: "unreadable" } };'),
    /unreadable-dynamic 1\.0\.0: None of what it exposes/,
  ],
  noextension: [
    feature('noextension', 'FrontendPlugin', 'noextension', '42'),
    /noextension-dynamic 1\.0\.0: The app does not run with it: /,
  ],
  loader: [
    remote(
      'loader',
      `return { default: { $$type: '@backstage/FrontendFeatureLoader', version: 'v1', async loader() { ${THROW} } } };`,
    ),
    /loader-dynamic 1\.0\.0: .*no luck/,
  ],
  factory: [
    feature('factory', 'FrontendPlugin', 'factory', extension('page:factory', ROUTES, [], THROW)),
    "factory-dynamic 1.0.0: Failed to instantiate extension 'page:factory', no luck",
  ],
  nooutput: [
    feature(
      'nooutput',
      'FrontendPlugin',
      'nooutput',
      extension('page:no', ROUTES, ['core.routing.path'], 'return [];'),
    ),
    /nooutput-dynamic 1\.0\.0: missing required extension data output/,
  ],
  breaker: [
    feature(
      'breaker',
      'FrontendModule',
      'app',
      extension('app/routes', { id: 'app/layout', input: 'content' }, [], THROW),
    ),
    /breaker-dynamic 1\.0\.0: The app does not run with it: .*no luck/,
  ],
  bomb: [
    feature(
      'bomb',
      'FrontendPlugin',
      'bomb',
      extension(
        'app-root-element:bomb',
        ELEMENTS,
        ['core.reactElement'],
        `return [give('core.reactElement', ${BOMB})];`,
      ),
    ),
    'bomb-dynamic 1.0.0: The app does not run with it: no luck',
  ],
};

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
  });

  test('shows a published plugin of the community, exported unmodified, whatever other remotes do, and says why each of them failed', async () => {
    const radar = join(dir, 'radar');
    await exportBundle(join(repository, 'test'), radar, '@backstage-community/plugin-tech-radar');
    await dropFolder(radar, portal.root, 'radar');
    await dropPages(Object.fromEntries(Object.entries(FAILING).map(([name, [script]]) => [name, script])));
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

  test('shows what a page throws in its place', async () => {
    const [path, element] = ['core.routing.path', 'core.reactElement'];
    const broken = `return [give('${path}', '/broken'), give('${element}', ${BOMB})];`;
    await dropPages({
      page: feature('page', 'FrontendPlugin', 'page', extension('page:page', ROUTES, [path, element], broken)),
    });
    const { page } = await show('/broken');
    await page.getByText('no luck').first().waitFor();
    await page.getByRole('link', { name: 'Plugins' }).first().click();
    await page.getByRole('heading', { name: 'Plugins' }).first().waitFor();
  });
});
