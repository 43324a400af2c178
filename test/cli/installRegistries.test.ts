import type { InstallResult } from '@stagedoor/cli';
import { realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProcess } from '../support/childProcess';
import { startContainerRegistry, type ContainerRegistry } from '../support/containerRegistry';
import { startVerdaccio, type Verdaccio } from '../support/npmRegistry';
import { tempDir } from '../support/tempDir';
import { bin, stagedoor } from './exportSupport';
import { namedBundle, versionsIn } from './installSupport';

let images: ContainerRegistry;
let npm: Verdaccio;

beforeAll(async () => {
  [images, npm] = await Promise.all([startContainerRegistry(), startVerdaccio()]);
});

afterAll(async () => {
  await Promise.all([images?.stop(), npm?.stop()]);
});

/** Runs an install in `dir` without any program in reach; npm's settings are those of the folder alone. */
async function install(dir: string, ...args: string[]): Promise<InstallResult & { error?: object }> {
  const npmSettings = Object.keys(process.env).filter((name) => /^npm_config_/i.test(name));
  const env = { ...Object.fromEntries(npmSettings.map((name) => [name, undefined])), PATH: '', HOME: dir };
  const ran = await runProcess(process.execPath, [bin, 'install', '--json', ...args], { cwd: dir, env });
  return JSON.parse(ran.stdout) as InstallResult;
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
  it('is installed with neither npm nor skopeo, and does not change under a deployment that is frozen', async () => {
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
