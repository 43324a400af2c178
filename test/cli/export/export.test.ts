import { readManifest } from '@stagedoor/bundle';
import { cp, mkdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProcess } from '../../support/childProcess';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { exported, filesOf, fixturePackage, stagedoor } from './exportSupport';

async function readJson(...path: string[]): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as Record<string, unknown>;
}

describe('An exported plugin folder', () => {
  it('holds its code once, a file per entry point, the published files, the manifest and nothing else', async () => {
    const dir = await fixturePackage('own-files');
    const result = await exported(dir);
    expect(result).toMatchObject({
      name: '@fixture/own-files-dynamic',
      version: '1.0.0',
      role: 'backend-plugin',
      startCheck: 'passed',
      pluginIds: ['own-files'],
      openedRoutes: [],
      path: join(dir, 'dist-dynamic'),
      shared: { '@backstage/backend-plugin-api': '^1.0.0' },
      hoisted: [],
    });
    const files = await filesOf(result.path);
    expect(files).toEqual([
      'THIRD_PARTY_LICENSES',
      'alpha/package.json',
      'dist/alpha/index.cjs.js',
      'dist/index.cjs.js',
      'dist/plugin.cjs.js',
      'dist/plugin.cjs.js.map',
      'dynamic-bundle.json',
      'migrations/20260101_nothing.js',
      'package.json',
      'sbom.cdx.json',
      'templates/greeting.txt',
    ]);
    expect(result.files).toBe(files.length);
    const sizes = await Promise.all(files.map(async (file) => (await stat(join(result.path, file))).size));
    expect(result.bytes).toBe(sizes.reduce((sum, size) => sum + size));
  });

  it('takes nothing from another copy of the plugin that happens to be installed', async () => {
    const dir = await fixturePackage('own-files');
    const other = join(await tempDir(), 'node_modules');
    await cp(dir, join(other, '@fixture/own-files'), { recursive: true });
    await writeFile(join(other, '@fixture/own-files/templates/other.txt'), 'other');
    await symlink(join(repository, 'node_modules/@backstage'), join(other, '@backstage'), 'dir');
    await symlink(other, join(dir, 'node_modules'), 'dir');
    const { path } = await exported(dir, '--no-start-check');
    expect((await filesOf(path)).filter((file) => /embedded|other/.test(file))).toEqual([]);
  });

  it('is a package of its own: name with -dynamic, only imported peers, the mark of the format', async () => {
    const dir = await fixturePackage('own-files');
    const { path } = await exported(dir, '--no-start-check');
    expect(await readJson(path, 'package.json')).toEqual({
      name: '@fixture/own-files-dynamic',
      version: '1.0.0',
      license: 'Apache-2.0',
      main: 'dist/index.cjs.js',
      backstage: {
        role: 'backend-plugin',
        pluginId: 'own-files',
        features: { '.': '@backstage/BackendFeature' },
        pluginPackages: ['@fixture/own-files'],
      },
      peerDependencies: { '@backstage/backend-plugin-api': '^1.0.0' },
      engines: { node: '>=20.19.0' },
      stagedoor: { format: 1 },
    });
    expect(await readJson(path, 'alpha/package.json')).toEqual({ main: '../dist/alpha/index.cjs.js' });
  });

  it('carries a manifest whose digests hold, and says whether it was started', async () => {
    const dir = await fixturePackage('own-files');
    const skipped = await exported(dir, '--no-start-check');
    // Older versions read `verified`.
    expect(skipped).toMatchObject({ startCheck: 'skipped', verified: false });
    expect(await readManifest(skipped.path)).toMatchObject({ startCheck: 'skipped', verified: false });
    const started = await exported(dir);
    const manifest = await readManifest(started.path);
    expect(manifest).toMatchObject({
      startCheck: 'passed',
      verified: true,
      digest: started.digest,
      source: { name: '@fixture/own-files', version: '1.0.0' },
      host: { shared: { '@backstage/backend-plugin-api': '^1.0.0' } },
    });
    expect(started.digest).toBe(skipped.digest);
    expect(manifest?.files.map((file) => file.path)).toEqual(
      (await filesOf(started.path)).filter((file) => file !== 'dynamic-bundle.json'),
    );
  });

  it('is not started with the deprecated --no-verify either, which is told once', async () => {
    const { code, stdout, stderr } = await stagedoor(
      await fixturePackage('own-files'),
      'export',
      '--json',
      '--no-verify',
    );
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { startCheck: 'skipped' }]);
    expect(stderr.match(/--no-verify is deprecated; use --no-start-check/g)).toHaveLength(1);
  });

  it('finds its migrations, templates and package.json in the bundle, from both entry points', async () => {
    const dir = await fixturePackage('own-files');
    const { path } = await exported(dir, '--no-start-check');
    // Moved away from its source, so that nothing but the bundle can answer.
    const moved = join(await tempDir(), 'bundle');
    await rename(path, moved);
    const api = join(moved, 'node_modules/@backstage');
    await mkdir(dirname(api), { recursive: true });
    await cp(join(repository, 'node_modules/@backstage/backend-plugin-api'), join(api, 'backend-plugin-api'), {
      recursive: true,
    });
    const require = createRequire(join(repository, 'test/package.json'));
    await writeFile(
      join(moved, 'load.cjs'),
      `const { join } = require('node:path');
       for (const entry of ['.', './alpha']) console.log(require(entry).default.$$type);`,
    );
    const { stdout, stderr } = await runProcess(process.execPath, [join(moved, 'load.cjs')], {
      env: { NODE_PATH: dirname(dirname(dirname(require.resolve('@backstage/errors/package.json')))) },
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('@backstage/BackendFeature\n@backstage/BackendFeature\n');
  });

  it('can be packed, named as npm names archives, with the integrity of the file', async () => {
    const dir = await fixturePackage('own-files');
    const { archive, integrity } = await exported(dir, '--no-start-check', '--pack', '--out', 'out/bundle');
    expect(archive).toBe(join(dir, 'out/fixture-own-files-dynamic-1.0.0.tgz'));
    const { createHash } = await import('node:crypto');
    const hash = createHash('sha512').update(await readFile(archive!));
    expect(integrity).toBe(`sha512-${hash.digest('base64')}`);
  });

  it('is byte-identical when exported from another folder, at another time, to another place', async () => {
    const first = await fixturePackage('own-files');
    const second = await fixturePackage('own-files');
    await utimes(join(second, 'src/index.ts'), new Date(0), new Date(0));
    const one = await exported(first, '--no-start-check', '--pack');
    const two = await exported(second, '--no-start-check', '--pack', '--out', 'some/where else/bündle');
    expect(await filesOf(two.path)).toEqual(await filesOf(one.path));
    for (const file of await filesOf(one.path)) {
      expect(await readFile(join(two.path, file)), file).toEqual(await readFile(join(one.path, file)));
    }
    expect(two.integrity).toBe(one.integrity);
    expect(basename(two.archive!)).toBe(basename(one.archive!));
  });

  it('names no absolute path, neither in code nor in source maps', async () => {
    const dir = await fixturePackage('own-files');
    const { path } = await exported(dir, '--no-start-check');
    for (const file of await filesOf(path)) {
      expect(await readFile(join(path, file), 'utf8'), file).not.toContain(dirname(dir));
    }
    const map = await readJson(path, 'dist/plugin.cjs.js.map');
    expect(map.sources).toContain('../../src/plugin/plugin.ts');
  });

  it('replaces the bundle of an earlier export as a whole', async () => {
    const dir = await fixturePackage('own-files');
    const { path } = await exported(dir, '--no-start-check');
    await writeFile(join(path, 'stray.txt'), 'of an earlier version');
    await exported(dir, '--no-start-check');
    expect(await filesOf(path)).not.toContain('stray.txt');
  });

  it('says on stderr what happens, and leaves stdout to --json', async () => {
    const dir = await fixturePackage('own-files');
    const { stdout, stderr } = await stagedoor(dir, 'export');
    expect(stdout).toBe('');
    expect(stderr.split('\n').map((line) => /^\w+( check)?/.exec(line)?.[0])).toEqual(
      expect.arrayContaining(['plan', 'bundle', 'describe', 'start check', 'exported']),
    );
    expect(stderr).toMatch(/exported\s+@fixture\/own-files-dynamic@1\.0\.0 in \d+\.\d s/);
    expect(stderr).toMatch(/size\s+[\d.]+ kB in 11 files/);
  });
});

describe('A plugin with a native dependency', () => {
  it('carries the dependency in node_modules, with the reason, and records the platform', async () => {
    const dir = await fixturePackage('native-addon');
    const result = await exported(dir);
    expect(result.hoisted).toEqual([
      { name: 'better-sqlite3', version: expect.any(String) as string, reason: 'loads a native addon' },
    ]);
    const manifest = await readManifest(result.path);
    expect(manifest?.native).toEqual({
      platform: process.platform,
      arch: process.arch,
      abi: process.versions.modules,
    });
    const pkg = await readJson(result.path, 'package.json');
    expect(pkg.bundleDependencies).toContain('better-sqlite3');
    expect(Object.keys(pkg.dependencies as object)).toEqual(pkg.bundleDependencies);
    // What the compiler left beside the addon says where it was built.
    for (const file of (await filesOf(result.path)).filter((name) => !name.endsWith('.node'))) {
      expect(await readFile(join(result.path, file), 'utf8'), file).not.toContain(repository);
    }
  });
});
