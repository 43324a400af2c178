import { rm, cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StartedBundle } from '../../../cli/src/startCheck/messages';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { rejection, checkStart, startFixture } from './startCheckSupport';

function start(name: string): Promise<StartedBundle> {
  return checkStart(startFixture(name), { sharedFrom: repository });
}

const NOTHING = { modules: [], openedRoutes: [], extensionPoints: [], warnings: [] };

describe('a bundle that starts on the test host', () => {
  test('is described by its plugin id, opened routes and extension points; no hook and no task of it runs', async () => {
    expect(await start('opens-routes')).toEqual({
      pluginIds: ['opens-routes'],
      modules: [],
      openedRoutes: [
        { pluginId: 'opens-routes', path: '/ping', allow: 'unauthenticated' },
        { pluginId: 'opens-routes', path: '/icon', allow: 'user-cookie' },
      ],
      extensionPoints: ['opens-routes.words'],
      warnings: [],
    });
  });

  test('may use every member that the services of its host have, and none besides', async () => {
    expect(await start('uses-the-whole-host')).toMatchObject({
      pluginIds: ['whole'],
      openedRoutes: [{ pluginId: 'whole', path: '/live', allow: 'unauthenticated' }],
      warnings: [
        "the bundle mounts '/sockets' on the root HTTP router, which a portal refuses unless its operator allows it",
      ],
    });
  });

  test('may be a module of a plugin that is elsewhere, which is described and not run', async () => {
    expect(await start('module-of-another-plugin')).toEqual({
      ...NOTHING,
      pluginIds: [],
      modules: [{ pluginId: 'catalog', moduleId: 'people' }],
      extensionPoints: ['catalog.processing'],
      unfinished: [{ pluginId: 'catalog', moduleId: 'people', why: "plugin 'catalog' is not part of the bundle" }],
    });
  });

  test('may hold a plugin and its module, which start together, found by feature loaders', async () => {
    expect(await start('plugin-with-its-module')).toEqual({
      pluginIds: ['pair'],
      modules: [{ pluginId: 'pair', moduleId: 'word' }],
      openedRoutes: [{ pluginId: 'pair', path: '/hello', allow: 'unauthenticated' }],
      extensionPoints: ['pair.words'],
      warnings: [],
    });
  });

  test.each([
    ['may hold several plugins in an array behind two defaults', 'array-of-plugins', ['first', 'second']],
    ['may be an ES module', 'es-module', ['es-module']],
    ['is taken from alpha where that has a feature', 'prefers-alpha', ['from-alpha']],
    ['is taken from its main entry where alpha has no feature', 'alpha-without-feature', ['from-main']],
    ['may run migrations and use its database', 'stores-rows', ['stores-rows']],
    ['may write as much as it likes to its output', 'floods-its-output', ['floods-its-output']],
    ['sees a clean environment, its own home and no parent', 'sees-a-clean-process', ['sees-a-clean-process']],
  ])('%s', async (_sentence, fixture, pluginIds) => {
    expect(await start(fixture)).toEqual({ ...NOTHING, pluginIds });
  });
});

describe('a bundle that the operator must do something for passes with a warning', () => {
  test.each([
    [
      'naming the app-config key that is missing, from the cause of what it threw',
      'needs-config',
      ["plugin 'needs-config' needs app-config key needsConfig.server to start"],
    ],
    [
      'naming the app-config key that it looks for and whose absence it tells in its own words',
      'checks-its-config',
      ["plugin 'checks-its-config' needs app-config key checks to start: The configuration of Checks is missing"],
    ],
    [
      'naming the host that it cannot do without; the test host has no network',
      'needs-network',
      [expect.stringMatching(/^plugin 'needs-network' needs the network to start.*api\.example\.com:443/)],
    ],
    [
      'for the host service it replaces and the path it mounts outside its own',
      'brings-services',
      [expect.stringContaining("'core.cache'"), expect.stringContaining("'/outside'")],
    ],
    [
      'where the shared package it was started with is outside the declared range',
      'outdated-peer',
      [
        expect.stringMatching(
          /^started with @backstage\/backend-plugin-api 1\..*, outside the declared range \^0\.6\.0$/,
        ),
      ],
    ],
  ])('%s', async (_sentence, fixture, warnings) => {
    // What a plugin needs kept it from its end, and what it opens is unknown.
    const started = await start(fixture);
    const needs = started.warnings.filter((warning) => warning.startsWith(`plugin '${fixture}' needs `));
    const unfinished = needs.map((text) => ({ pluginId: fixture, why: text.replace(`plugin '${fixture}' `, '') }));
    const expected = { ...NOTHING, pluginIds: [fixture], warnings };
    expect(started).toEqual(needs.length > 0 ? { ...expected, unfinished } : expected);
  });
});

describe('a bundle that does not load or start is refused with', () => {
  test.each([
    [
      'LOAD_FAILED and the line of a syntax error',
      'syntax-error',
      'LOAD_FAILED',
      /Unexpected token ';', at index\.cjs:2\.$/,
    ],
    [
      'LOAD_FAILED and the line that throws',
      'throws-at-the-top',
      'LOAD_FAILED',
      /No settings here, at settings\.cjs:2\.$/,
    ],
    ['LEGACY_BACKEND for a createRouter alone', 'old-backend-system', 'LEGACY_BACKEND', /exports createRouter/],
    [
      'NOT_A_FEATURE and what is exported',
      'exports-no-feature',
      'NOT_A_FEATURE',
      /\(it exports answer, default, question\)/,
    ],
    ['NO_PLUGIN_ID where there is a service alone', 'only-a-service', 'NO_PLUGIN_ID', /no plugin and no module/],
    ['REGISTER_FAILED and the line', 'throws-in-register', 'REGISTER_FAILED', /Not like this, at index\.cjs:\d+\.$/],
    [
      'INIT_FAILED and the line',
      'throws-in-init',
      'INIT_FAILED',
      /plugin 'throws-in-init' failed: The flux .*, at index\.cjs:4\.$/,
    ],
    [
      'INIT_FAILED for a module, whatever it throws',
      'module-throws-in-init',
      'INIT_FAILED',
      /module 'broken' for plugin 'sturdy' failed: a string\.$/,
    ],
    ['INIT_FAILED for a service that no host has', 'depends-on-nothing-known', 'INIT_FAILED', /no\.such\.service/],
    [
      'VERIFY_FAILED where the driver of the test database is to blame',
      'stale-database-driver',
      'VERIFY_FAILED',
      /driver of the test host/,
    ],
    ['MAIN_MISSING', 'main-missing', 'MAIN_MISSING', /index\.cjs/],
    ['MAIN_OUTSIDE', 'main-outside', 'MAIN_OUTSIDE', /opens-routes/],
  ])('%s', async (_sentence, fixture, code, message) => {
    const error = await rejection(start(fixture));
    expect(error).toMatchObject({ code, message: expect.stringMatching(message), hint: expect.any(String) });
    expect(`${error.message}${error.cause?.stack}`).not.toMatch(/stagedoor-start-check-/);
  });

  test('what it logged before it failed', async () => {
    expect((await rejection(start('throws-in-init'))).details).toMatchObject({ logs: ['It does not look good'] });
  });

  test.each([
    ['a shared package that it does not declare', 'undeclared-peer', '@backstage/errors', 'index.cjs:1'],
    ['a package that is installed beside the host only', 'undeclared-package', 'express', 'server.cjs:1'],
    ['a package that it imports when it starts', 'imports-late', 'left-pad', 'index.cjs:9'],
    [
      'a subpath that a shared package does not export',
      'unexported-subpath',
      '@backstage/backend-plugin-api',
      'index.cjs:1',
    ],
    [
      'the package whose folder it asks for',
      'finds-itself-installed',
      '@stagedoor/bundle',
      expect.stringMatching(/^index\.cjs:\d+$/),
    ],
  ])('MODULE_NOT_FOUND naming %s', async (_sentence, fixture, missing, importer) => {
    const error = await rejection(start(fixture));
    expect(error).toMatchObject({ code: 'MODULE_NOT_FOUND', details: { missing, importer }, cause: { missing } });
    expect(error.message).toContain(missing);
  });

  test('PACKAGE_JSON_MISSING', async () => {
    expect(await rejection(checkStart(await tempDir(), { sharedFrom: repository }))).toMatchObject({
      code: 'PACKAGE_JSON_MISSING',
    });
  });
});

describe('the line that is named', () => {
  test('is that of the source where the bundle has a source map', async () => {
    const dir = join(await tempDir(), 'bundle');
    await cp(startFixture('throws-in-init'), dir, { recursive: true });
    const { build } = await import('esbuild');
    await build({
      entryPoints: [join(dir, 'index.cjs')],
      outfile: join(dir, 'dist/index.cjs.js'),
      bundle: true,
      packages: 'external',
      platform: 'node',
      sourcemap: true,
      banner: { js: '\n'.repeat(100) },
    });
    await rm(join(dir, 'index.cjs'));
    const packageJson = JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as object;
    await writeFile(join(dir, 'package.json'), JSON.stringify({ ...packageJson, main: 'dist/index.cjs.js' }));
    const error = await rejection(checkStart(dir, { sharedFrom: repository }));
    expect(error.message).toMatch(/, at index\.cjs:4 \(dist\/index\.cjs\.js:1\d\d\)\.$/);
  });
});

describe('shared packages', () => {
  test("are the CLI's own where there are none to share", async () => {
    const started = await checkStart(startFixture('opens-routes'), { sharedFrom: await tempDir() });
    expect(started.pluginIds).toEqual(['opens-routes']);
  });

  test('and nothing else are visible, whatever lies in folders above the temporary one', async () => {
    const parent = await tempDir();
    await symlink(join(repository, 'node_modules'), join(parent, 'node_modules'));
    const earlier = process.env.TMPDIR;
    process.env.TMPDIR = parent;
    try {
      expect(await rejection(start('undeclared-package'))).toMatchObject({ code: 'MODULE_NOT_FOUND' });
      expect((await start('opens-routes')).pluginIds).toEqual(['opens-routes']);
    } finally {
      process.env.TMPDIR = earlier;
      if (earlier === undefined) delete process.env.TMPDIR;
    }
  });
});
