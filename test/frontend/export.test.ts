import { SBOM_FILE, checkFiles, listFiles, readManifest } from '@stagedoor/bundle';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exported, filesOf, stagedoor } from '../cli/export/exportSupport';
import { HELLO_PAGE } from '../support/hello';
import { repository } from '../support/repository';
import { tempDir } from '../support/tempDir';

const hello = join(repository, 'examples/hello-dynamic-frontend');

interface FederationManifest {
  name: string;
  metaData: { publicPath: string; remoteEntry: { name: string }; buildInfo: object };
  exposes: Array<{ name: string; assets: Record<'js' | 'css', { sync: string[] }> }>;
  shared: Array<{ name: string; singleton: boolean }>;
}

async function json<T>(...path: string[]): Promise<T> {
  return JSON.parse(await readFile(join(...path), 'utf8')) as T;
}

/** A copy of test/fixtures/frontends/<name> with the packages of the repository in reach. */
async function frontend(name: string): Promise<string> {
  const parent = await tempDir();
  await symlink(join(repository, 'node_modules'), join(parent, 'node_modules'), 'dir');
  const dir = join(parent, 'plugin');
  await cp(join(repository, 'test/fixtures/frontends', name), dir, { recursive: true });
  return dir;
}

/** The hello example in a workspace at `root` whose packages are copies, of what a build reads. */
async function checkout(root: string, packages: string[]): Promise<string> {
  const dir = join(root, 'plugins/hello');
  await mkdir(dir, { recursive: true });
  for (const file of ['package.json', 'config.d.ts', 'README.md', 'src'])
    await cp(join(hello, file), join(dir, file), { recursive: true });
  await cp(join(repository, 'package-lock.json'), join(root, 'package-lock.json'));
  // Others lie in the folders of those that use them.
  for (const name of packages.filter((each) => existsSync(join(repository, 'node_modules', each))))
    await cp(join(repository, 'node_modules', name), join(root, 'node_modules', name), {
      recursive: true,
      filter: (path) => !/\.(map|d\.[cm]?ts)$/.test(path),
    });
  return dir;
}

describe('The bundle of a frontend plugin', () => {
  test('is a Module Federation remote in the layout of Backstage, and a bundle like any other', async () => {
    const out = join(await tempDir(), 'bundle');
    const result = await exported(hello, '--out', out, '--pack', '--explain', 'react');
    expect(result).toMatchObject({
      name: HELLO_PAGE,
      role: 'frontend-plugin',
      pluginIds: ['hello'],
      startCheck: 'passed',
    });
    expect(result.extensions).toContain('page:hello');
    expect(result.shared).toMatchObject({ react: '^18.0.0' });
    const remote = await json<FederationManifest>(out, 'dist/mf-manifest.json');
    expect(remote).toMatchObject({ name: 'stagedoor__hello_dynamic_frontend', exposes: [{ name: '.' }] });
    // What a page needs of it first: Rspack says this or the entry, by the path of the workspace.
    expect(remote.exposes[0]!.assets.js.sync).toContainEqual(expect.stringMatching(/__federation_expose_index\./));
    expect(remote.metaData).toMatchObject({ publicPath: 'auto', buildInfo: { buildVersion: '0.1.0' } });
    expect(remote.shared).toContainEqual(expect.objectContaining({ name: 'react', singleton: true }));
    const packageJson = await json<Record<string, unknown>>(out, 'package.json');
    expect(packageJson).toMatchObject({
      main: `dist/${remote.metaData.remoteEntry.name}`,
      backstage: { role: 'frontend-plugin', pluginId: 'hello' },
    });
    const manifest = (await readManifest(out))!;
    checkFiles(manifest, await listFiles(out));
    expect(manifest).toMatchObject({
      role: 'frontend-plugin',
      host: { shared: { react: '^18.0.0', '@backstage/frontend-plugin-api': expect.stringMatching(/^>=1\.\d+\.0$/) } },
      startCheck: 'passed',
      provides: { pluginIds: ['hello'], extensions: result.extensions },
    });
    const files = await filesOf(out);
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'config.d.ts', 'dist/.config-schema.json', 'THIRD_PARTY_LICENSES']),
    );
    const scripts = files.filter((file) => /^dist\/.*\.js$/.test(file));
    expect(scripts.length).toBeGreaterThan(3);
    for (const script of scripts) expect(script).toMatch(/\.[0-9a-f]{16}\.js$/);
    expect(result.explain).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'react', decision: 'shared' })]),
    );
  });

  test('is not made for a portal whose app has an earlier interface, and what is missing is named', async () => {
    const dir = await tempDir();
    const { node, platform, arch } = { ...process, node: process.versions.node };
    const host = { node, platform, arch, abi: process.versions.modules, shared: {}, backstage: '1.55.0' };
    await writeFile(join(dir, 'host.json'), JSON.stringify(host));
    const to = ['--out', join(dir, 'bundle'), '--host', join(dir, 'host.json'), '--no-start-check'];
    const { code, stderr } = await stagedoor(hello, 'export', ...to);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /PEER_UNSATISFIED.*needs @backstage\/frontend-plugin-api >=1\.\d+\.0; the app of Backstage 1\.55\.0 has 0\.18\.1\./,
    );
    expect(stderr).toContain('Install @backstage/frontend-plugin-api@0.18.1');
    expect(existsSync(join(dir, 'bundle'))).toBe(false);
  });

  test('says what it is made of: every package whose code is in it, with its share', async () => {
    const out = join(await tempDir(), 'bundle');
    await exported(hello, '--out', out);
    const bill = await readFile(join(out, SBOM_FILE), 'utf8');
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill)).toBeNull();
    const { components } = JSON.parse(bill) as {
      components: Array<{
        group?: string;
        name: string;
        hashes?: unknown[];
        properties: Array<{ name: string; value: string }>;
      }>;
    };
    const names = components.map(({ group, name }) => (group ? `${group}/${name}` : name));
    for (const component of components) expect(component.hashes).toHaveLength(1);
    const maps = (await filesOf(out)).filter((file) => file.endsWith('.map'));
    const sources = (await Promise.all(maps.map((map) => json<{ sources: string[] }>(out, map)))).flatMap(
      (map) => map.sources,
    );
    const seen = sources.flatMap((source) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? []);
    expect([...new Set(seen)].filter((name) => !names.includes(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['@backstage/frontend-plugin-api', '@module-federation/runtime-core']),
    );
    const bytes = components.flatMap(({ properties }) => properties.filter(({ name }) => name === 'stagedoor:bytes'));
    const total = bytes.reduce((sum, { value }) => sum + Number(value), 0);
    const code = (await listFiles(out))
      .filter(({ path }) => /^dist\/.*\.js$/.test(path))
      .reduce((sum, { size }) => sum + size, 0);
    expect(total / code).toBeGreaterThan(0.7);
    expect(total / code).toBeLessThan(1);
  });

  test('has the same bytes wherever its workspace lies', async () => {
    const base = await tempDir();
    const { inlined } = await exported(hello, '--out', join(base, 'reference'));
    const packages = [
      ...inlined.map(({ name }) => name),
      'react-dom',
      'react-router',
      'react-router-dom',
      'client-only',
    ];
    const own = packages.filter((name) => !name.startsWith('@module-federation/'));
    const [here, there] = [join(base, 'one'), join(base, 'a much/deeper/Ünïcode/folder')];
    const dir = await checkout(here, own);
    const one = await exported(dir, '--pack', '--out', join(base, 'out'));
    await mkdir(dirname(there), { recursive: true });
    await rename(here, there);
    const two = await exported(join(there, relative(here, dir)), '--pack');
    expect(two.integrity).toBe(one.integrity);
    for (const file of await filesOf(one.path))
      expect((await readFile(join(one.path, file))).includes(base), file).toBe(false);
  });

  test('carries styles and images, exposes every entry point with a feature and no other, and brings its own Node.js globals', async () => {
    const dir = await frontend('alpha-and-assets');
    const { path, pluginIds, extensions, modules, warnings } = await exported(dir);
    const remote = await json<FederationManifest>(path, 'dist/mf-manifest.json');
    expect(remote.exposes.map(({ name }) => name)).toEqual(['.', 'alpha', 'init', 'loaded']);
    expect(pluginIds).toEqual(['assets', 'late']);
    expect(modules).toEqual([{ pluginId: 'app', moduleId: './init' }]);
    expect(extensions).toEqual(['app-root-element:assets']);
    expect(warnings).toContain(". and ./alpha both have the plugin 'assets': the one of ./alpha counts");
    const files = await filesOf(join(path, 'dist/static'));
    const image = files.find((file) => file.endsWith('.svg'));
    const style = files.find((file) => file.endsWith('.css'))!;
    expect(await readFile(join(path, 'dist/static', style), 'utf8')).toContain(`url(../static/${image})`);
    expect(remote.exposes.map(({ assets }) => assets.css.sync)).toContainEqual([`static/${style}`]);
  });

  test('is not there for a package that throws when it is imported, or has no feature behind its default exports', async () => {
    const dir = await frontend('alpha-and-assets');
    await writeFile(join(dir, 'src/init.ts'), 'export default undefinedName;');
    const thrown = await stagedoor(dir, 'export');
    expect(thrown.stderr).toMatch(
      /error LOAD_FAILED: .* its module \.\/init throws: undefinedName is not defined[^]*hint: .*--no-start-check/,
    );
    for (const file of ['index.ts', 'alpha.tsx', 'init.ts', 'loaded.ts'])
      await writeFile(join(dir, 'src', file), 'export default 42;');
    const none = await stagedoor(dir, 'export');
    expect(none.stderr).toMatch(
      /error REMOTE_INVALID: .* has nothing for the new frontend system: no default export of \., \.\/alpha, .* is a feature\.\nhint: /,
    );
    expect(await filesOf(dir)).not.toContain('dist-dynamic/package.json');
  });
});

describe('The export of a frontend plugin', () => {
  test.each([
    ['syntax-error', [], 'BUILD_FAILED', /src\/index\.tsx:\d+:\d+: [^]*Syntax Error/],
    [
      'old-system',
      [],
      'REMOTE_INVALID',
      /has no plugin of the new frontend system: .* only oldPlugin\.[^]*hint: .*convertLegacyPlugin/,
    ],
    [
      'not-installed',
      [],
      'DEPENDENCY_NOT_INSTALLED',
      /nowhere-to-be-found is not installed; @fixture\/frontend-not-installed/,
    ],
    ['alpha-and-assets', ['--inline', 'react'], 'USAGE', /--inline does not apply/],
  ])('of %s with %j ends with %s', async (name, args, code, says) => {
    const dir = await frontend(name);
    const run = await stagedoor(dir, 'export', ...args);
    expect(run.code).not.toBe(0);
    expect(run.stderr).toContain(`error ${code}: `);
    expect(run.stderr).toMatch(says);
    expect(await filesOf(dir)).not.toContain('dist-dynamic/package.json');
  });
});
