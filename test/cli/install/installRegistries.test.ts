import type { InstallResult } from '@stagedoor/cli/api';
import { readdir, realpath, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startContainerRegistry, type ContainerRegistry } from '../../support/containerRegistry';
import { startVerdaccio, type Verdaccio } from '../../support/npmRegistry';
import { startRegistryFront } from '../../support/registryFront';
import { tempDir } from '../../support/tempDir';
import { runStagedoor } from '../../support/commandLine';
import { stagedoor } from '../export/exportSupport';
import { namedBundle, versionsIn } from './installSupport';

let images: ContainerRegistry;
let npm: Verdaccio;

beforeAll(async () => {
  [images, npm] = await Promise.all([startContainerRegistry(), startVerdaccio()]);
});

afterAll(async () => {
  await Promise.all([images?.stop(), npm?.stop()]);
});

type Installed = InstallResult & { error?: object };

/** Runs an install in `dir` without any program in reach; npm's settings are those of the folder alone. */
async function install(dir: string, ...args: string[]): Promise<Installed> {
  const npmSettings = Object.keys(process.env).filter((name) => /^npm_config_/i.test(name));
  const env = { ...Object.fromEntries(npmSettings.map((name) => [name, undefined])), PATH: '', HOME: dir };
  return await run(['install', ...args], dir, env);
}

async function run<T = Installed>(args: string[], cwd: string, env: Record<string, string | undefined>): Promise<T> {
  const { stdout } = await runStagedoor([...args, '--json'], { cwd, env });
  return JSON.parse(stdout) as T;
}

async function push(reference: string, ...bundles: string[]): Promise<void> {
  const { code, stderr } = await stagedoor('/', 'push', ...bundles, `oci://${images.host}/${reference}`);
  if (code !== 0) throw new Error(stderr);
}

/** A portal may run as another user than the install before it: everybody may read what is there. */
async function expectReadable(link: string): Promise<void> {
  const dir = await realpath(link);
  for (const folder of [dir, join(dir, '..'), join(dir, '../..')])
    expect((await stat(folder)).mode & 0o555).toBe(0o555);
  expect((await stat(join(dir, 'package.json'))).mode & 0o444).toBe(0o444);
}

describe('A list of packages from everywhere', () => {
  test('is installed with neither npm nor skopeo, and does not change under a deployment that is frozen', async () => {
    const dir = await tempDir();
    await push('team/many:1.0', await namedBundle('many-one', '1.0.0'), await namedBundle('many-two', '1.0.0'));
    await push('team/single:1.0', await namedBundle('single', '1.0.0'));
    await npm.publish(await namedBundle('from-npm', '1.2.3'));
    const published = (await (await fetch(`${npm.url}from-npm`)).json()) as {
      versions: Record<string, { dist: { integrity: string } }>;
    };
    await writeFile(join(dir, '.npmrc'), `registry=${npm.url}\n`);
    const included = [
      { package: `oci://${images.host}/team/many:1.0!many-one`, disabled: true },
      { package: `oci://${images.host}/team/single:1.0`, disabled: true },
    ];
    const plugins = [
      { package: `oci://${images.host}/team/many:{{inherit}}!many-one`, disabled: false },
      { package: `oci://${images.host}/team/many:1.0!many-two` },
      { package: 'ref://single', enabled: true },
      { package: 'from-npm@^1.2.0', integrity: published.versions['1.2.3']!.dist.integrity },
      { package: await namedBundle('local', '4.0.0') },
    ];
    await writeFile(join(dir, 'base.yaml'), JSON.stringify({ plugins: included }));
    await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ includes: ['base.yaml'], plugins }));

    const first = await install(dir, 'root');
    expect(first.error).toBeUndefined();
    const expected = {
      'many-one': '1.0.0',
      'many-two': '1.0.0',
      single: '1.0.0',
      'from-npm': '1.2.3',
      local: '4.0.0',
    };
    expect(await versionsIn(join(dir, 'root'))).toEqual(expected);
    for (const name of Object.keys(expected)) await expectReadable(join(dir, 'root', name));
    const key = `oci://${images.host}/team/single!single`;
    expect(first.plugins.find((plugin) => plugin.key === key)?.identity).toMatch(/@sha256:[0-9a-f]{64}!single$/);
    expect(await install(dir, 'another', '--frozen')).toMatchObject({ changed: true });
    expect(await versionsIn(join(dir, 'another'))).toEqual(expected);

    await push('team/single:1.0', await namedBundle('single', '1.0.1'));
    expect(await install(dir, 'third', '--frozen')).toMatchObject({
      error: { code: 'PLUGIN_LOCK_MISMATCH', message: expect.stringContaining('team/single:1.0') as unknown },
    });
    expect(await versionsIn(join(dir, 'third'))).toEqual({});
    expect(await install(dir, 'root')).toMatchObject({ changed: false });
    expect(await install(dir, 'third')).toMatchObject({ changed: true });
    expect(await versionsIn(join(dir, 'third'))).toEqual({ ...expected, single: '1.0.1' });
  });
});

describe('Layers that were fetched', () => {
  test('are not fetched again: for another root directory, by another user of the cache, by mirror or pull', async () => {
    const [cache, home, other] = [await tempDir(), await tempDir(), await tempDir()];
    await push('team/kept:1.0', await namedBundle('kept-one', '1.0.0'), await namedBundle('kept-two', '1.0.0'));
    const front = await startRegistryFront(images.host);
    const image = `oci://${front.host}/team/kept:1.0`;
    const plugins = [{ package: `${image}!kept-one` }, { package: `${image}!kept-two` }];
    for (const dir of [home, other]) {
      await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
    }
    const env = (HOME: string) => ({ HOME, STAGEDOOR_LAYER_CACHE: cache });
    const layers = (): number => front.requests.splice(0).filter((request) => request.includes('/blobs/')).length;

    expect((await run(['install', 'root'], home, env(home))).plugins).toHaveLength(2);
    expect(layers()).toBe(1);
    expect(await run(['install', 'another'], home, env(home))).toMatchObject({ changed: true });
    expect(await run(['install', 'root'], other, env(other))).toMatchObject({ changed: true });
    expect(await run(['mirror', 'mirror'], other, env(other))).toMatchObject({ plugins: [{}, {}] });
    expect(await run(['pull', image, '--out', 'pulled'], other, env(other))).toMatchObject({ plugins: [{}, {}] });
    expect(layers()).toBe(0);
    expect(await versionsIn(join(other, 'root'))).toEqual({ 'kept-one': '1.0.0', 'kept-two': '1.0.0' });

    const [name] = await readdir(cache);
    await truncate(join(cache, name!), 100);
    expect(await run(['install', 'third'], home, env(home))).toMatchObject({ changed: true });
    expect(layers()).toBe(1);
    expect(await run(['install', 'fourth'], home, env(home))).toMatchObject({ changed: true });
    expect(layers()).toBe(0);
  });

  test('are kept below the home of the user, unless none are to be', async () => {
    const dir = await tempDir();
    await push('team/home:1.0', await namedBundle('home', '1.0.0'));
    const plugins = [{ package: `oci://${images.host}/team/home:1.0` }];
    await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
    const caches = { HOME: dir, XDG_CACHE_HOME: undefined };
    await run(['install', 'first'], dir, { ...caches, STAGEDOOR_LAYER_CACHE: 'none' });
    expect(await readdir(dir)).not.toContain('.cache');
    await run(['install', 'second'], dir, { ...caches, STAGEDOOR_LAYER_CACHE: undefined });
    expect(await readdir(join(dir, '.cache/stagedoor/layers'))).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    const elsewhere = { ...caches, XDG_CACHE_HOME: join(dir, 'caches'), STAGEDOOR_LAYER_CACHE: undefined };
    await run(['install', 'third'], dir, elsewhere);
    expect(await readdir(join(dir, 'caches/stagedoor/layers'))).toHaveLength(1);
  });
});
