import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linkInstalled } from '../../../support/linkInstalled';
import { repository } from '../../../support/repository';
import { tempDir } from '../../../support/tempDir';
import { exported, stagedoor } from '../exportSupport';
import { startNpmRegistry, useRegistry, type NpmRegistry } from '../../sources/npm/npmRegistry';

/** A folder whose npm settings lead to a loopback registry with the packages of test/fixtures/registry. */
async function folderWithRegistry(): Promise<{ dir: string; registry: NpmRegistry }> {
  const parent = await tempDir();
  const dir = join(parent, 'operator');
  await mkdir(dir);
  const registry = await startNpmRegistry(join(repository, 'test/fixtures/registry'), join(parent, 'tarballs'));
  await useRegistry(dir, registry.url);
  return { dir, registry };
}

describe('A package that is not installed', () => {
  it('comes from the registry of .npmrc, with its production dependencies and without running scripts', async () => {
    const { dir, registry } = await folderWithRegistry();
    const result = await exported(dir, '@fixture/greeter-backend@^1.0.0');
    expect(result).toMatchObject({
      name: '@fixture/greeter-backend-dynamic',
      version: '1.2.3',
      pluginIds: ['greeter'],
      openedRoutes: [{ pluginId: 'greeter', path: '/greeting', allow: 'unauthenticated' }],
      path: join(dir, 'fixture-greeter-backend-dynamic'),
      shared: { '@backstage/backend-plugin-api': '^1.0.0' },
    });
    expect(result.inlined.map((entry) => `${entry.name}@${entry.version}`)).toEqual(['@fixture/greeting@2.1.0']);
    expect(await readFile(join(result.path, 'dist/index.cjs.js'), 'utf8')).toContain('Good morning');
    const schema = JSON.parse(await readFile(join(result.path, 'dist/.config-schema.json'), 'utf8')) as object;
    expect(JSON.stringify(schema)).toContain('"milliseconds"');
    // Development dependencies are not needed, and what the host shares is never fetched.
    expect(registry.requests.filter((path) => /never-published|@backstage/.test(path))).toEqual([]);
    expect((await readdir(dir)).sort()).toEqual(['.npmrc', 'fixture-greeter-backend-dynamic', 'npm-cache']);
  });

  it('is held against the shared packages of the app in whose folder it is exported, not those of the command line', async () => {
    const { dir } = await folderWithRegistry();
    const modules = join(dir, 'node_modules');
    await linkInstalled(join(repository, 'node_modules'), modules);
    // Links lead out of the app: these two are its own, as it was installed.
    for (const name of ['@backstage/backend-defaults', '@backstage/backend-plugin-api']) {
      await rm(join(modules, name));
      await cp(join(repository, 'node_modules', name), join(modules, name), { recursive: true });
    }
    const file = join(modules, '@backstage/backend-plugin-api/package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as object;
    await writeFile(file, JSON.stringify({ ...manifest, version: '2.0.0' }));
    const { code, stderr } = await stagedoor(dir, 'export', '@fixture/greeter-backend@^1.0.0');
    expect(code).toBe(1);
    expect(stderr).toContain('PEER_UNSATISFIED: @fixture/greeter-backend needs @backstage/backend-plugin-api ^1.0.0;');
  });

  it('comes with everything where it runs in browsers: apps share no packages of backends', async () => {
    const { dir } = await folderWithRegistry();
    const { inlined, path } = await exported(dir, '@fixture/page', '--no-start-check');
    expect(inlined).toContainEqual(expect.objectContaining({ name: '@backstage/errors', version: '1.99.0' }));
    const bill = await readFile(join(path, 'sbom.cdx.json'), 'utf8');
    const { components } = JSON.parse(bill) as { components: Array<{ name: string; hashes?: unknown[] }> };
    expect(components.find(({ name }) => name === 'errors')!.hashes).toHaveLength(1);
  });

  it.each(['@fixture/nowhere', '@fixture/greeter-backend@^7.0.0'])('is PACKAGE_NOT_FOUND as %s', async (spec) => {
    const { dir } = await folderWithRegistry();
    const { code, stderr } = await stagedoor(dir, 'export', spec);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error PACKAGE_NOT_FOUND: @fixture\//);
    expect(stderr).toMatch(/hint: .*\.npmrc/);
  });

  it('is FETCH_FAILED where the registry does not answer', async () => {
    const { dir, registry } = await folderWithRegistry();
    await registry.stop();
    const { code, stderr } = await stagedoor(dir, 'export', '@fixture/greeter-backend');
    expect(code).toBe(1);
    expect(stderr).toMatch(/error FETCH_FAILED: npm could not install @fixture\/greeter-backend@latest: .+/);
  });
});
