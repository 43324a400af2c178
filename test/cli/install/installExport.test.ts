import type { InstallResult } from '@stagedoor/cli/api';
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportPlugin } from '../../../cli/src/export/exportPlugin';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';
import { runWithoutNetwork } from '../../support/withoutNetwork';
import { runStagedoor } from '../../support/commandLine';
import { bin, filesOf, stagedoor } from '../export/exportSupport';
import { namedBundle, versionsIn } from './installSupport';
import { startNpmRegistry, useRegistry, type NpmRegistry } from '../sources/npm/npmRegistry';

const PLUGIN = 'npm:@fixture/greeter-backend@1.2';
const ENTRY = '@fixture+greeter-backend-dynamic';

type Result = InstallResult & { error?: { code: string; message: string; hint?: string } };

interface Place {
  dir: string;
  registry: NpmRegistry;
  /** Integrity that the registry lists for a package. */
  integrityOf(name: string): Promise<string>;
  list(plugins: unknown[]): Promise<void>;
}

/** A folder whose npm settings lead to a registry; by default to one with a plugin as plugins are published. */
async function place(packages = join(repository, 'test/fixtures/registry')): Promise<Place> {
  const dir = await tempDir();
  const registry = await startNpmRegistry(packages, join(dir, 'tarballs'));
  await useRegistry(dir, registry.url);
  return {
    dir,
    registry,
    integrityOf: async (name) => {
      const answer = (await (await fetch(`${registry.url}${name}`)).json()) as {
        versions: Record<string, { dist: { integrity: string } }>;
      };
      return Object.values(answer.versions)[0]!.dist.integrity;
    },
    list: (plugins) => writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins })),
  };
}

async function install(dir: string, ...args: string[]): Promise<Result> {
  return JSON.parse((await stagedoor(dir, 'install', '--json', ...args)).stdout) as Result;
}

interface Lock {
  plugins: Record<string, { version: string; integrity: string; content: string; identity: string }>;
}

const lockIn = async (dir: string): Promise<Lock> =>
  JSON.parse(await readFile(join(dir, 'dynamic-plugins.lock'), 'utf8')) as Lock;

describe('A plugin as it is published', () => {
  test('is exported with `export: true`, and locked by what it was made of and what came out', async () => {
    const { dir, registry, integrityOf, list } = await place();
    const integrity = await integrityOf('@fixture/greeter-backend');
    await list([{ package: PLUGIN, integrity, export: true }]);
    const result = await install(dir, 'root');
    expect(result.error).toBeUndefined();
    expect(result.plugins).toMatchObject([{ action: 'added', version: '1.2.3', entry: ENTRY }]);
    expect(await versionsIn(join(dir, 'root'))).toEqual({ [ENTRY]: '1.2.3' });
    expect(await filesOf(join(dir, 'root', ENTRY))).toContain('dynamic-bundle.json');
    const locked = (await lockIn(dir)).plugins[PLUGIN]!;
    expect(locked).toMatchObject({ version: '1.2.3', integrity });
    expect(locked.identity).toMatch(/^npm @fixture\/greeter-backend@1\.2\.3 http.*\.tgz exported$/);
    const before = registry.requests.length;
    expect(await install(dir, 'root')).toMatchObject({ changed: false });
    expect(registry.requests).toHaveLength(before);
    // What is exported anew is the same, byte for byte.
    expect((await install(dir, 'another', '--frozen')).error).toBeUndefined();
    const lock = join(dir, 'dynamic-plugins.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(locked.content, '0'.repeat(64)));
    expect((await install(dir, 'third', '--frozen')).error?.code).toBe('PLUGIN_LOCK_MISMATCH');
  });

  test('is refused without it, with the key that is missing', async () => {
    const { dir, integrityOf, list } = await place();
    await list([{ package: PLUGIN, integrity: await integrityOf('@fixture/greeter-backend') }]);
    const { error } = await install(dir, 'root');
    expect(error).toMatchObject({
      code: 'PACKAGE_NOT_DYNAMIC',
      message: expect.stringContaining('@backstage/backend-plugin-api, @backstage/types, @fixture/greeting') as unknown,
      hint: expect.stringContaining('export: true') as unknown,
    });
    expect(await versionsIn(join(dir, 'root'))).toEqual({});
  });

  test('must have the integrity of the list before anything is exported', async () => {
    const { dir, registry, integrityOf, list } = await place();
    await list([{ package: PLUGIN, integrity: await integrityOf('@fixture/greeting'), export: true }]);
    expect((await install(dir, 'root')).error?.code).toBe('INTEGRITY_MISMATCH');
    expect(registry.requests.filter((path) => path.includes('greeting'))).toEqual(['@fixture/greeting']);
  });

  test('must be what npm installs, too', async () => {
    const { dir, integrityOf } = await place();
    const integrity = await integrityOf('@fixture/greeting');
    const target = '@fixture/greeter-backend@1.2.3';
    const options = { cwd: dir, target, integrity, out: join(dir, 'out'), pack: false, startCheck: false };
    await expect(exportPlugin(options)).rejects.toMatchObject({ code: 'INTEGRITY_MISMATCH' });
  });

  test('is in a mirror as what was exported', async () => {
    const { dir, registry, integrityOf, list } = await place();
    const integrity = await integrityOf('@fixture/greeter-backend');
    await list([{ package: PLUGIN, integrity, export: true }]);
    const made = await stagedoor(dir, 'mirror', 'mirror');
    expect(made.code, made.stderr).toBe(0);
    await registry.stop();
    const there = await tempDir();
    for (const file of ['dynamic-plugins.yaml', 'dynamic-plugins.lock']) {
      await copyFile(join(dir, file), join(there, file));
    }
    const args = [bin, 'install', 'root', '--json', '--offline', join(dir, 'mirror')];
    const offline = async (...more: string[]): Promise<Result> =>
      JSON.parse((await runWithoutNetwork([...args, ...more], { cwd: there })).stdout) as Result;
    expect((await offline('--frozen')).error).toBeUndefined();
    expect(await versionsIn(join(there, 'root'))).toEqual({ [ENTRY]: '1.2.3' });
    await writeFile(join(there, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [{ package: PLUGIN, integrity }] }));
    expect((await offline()).error?.code).toBe('MIRROR_INVALID');
  });

  test('needs npm in reach, and says so', async () => {
    const { dir, integrityOf, list } = await place();
    await list([{ package: PLUGIN, integrity: await integrityOf('@fixture/greeter-backend'), export: true }]);
    await mkdir(join(dir, 'empty'));
    const env = { PATH: join(dir, 'empty'), npm_execpath: undefined };
    const { stdout } = await runStagedoor(['install', 'root', '--json'], { cwd: dir, env });
    expect((JSON.parse(stdout) as Result).error).toMatchObject({
      code: 'FETCH_FAILED',
      hint: expect.stringContaining('npm') as unknown,
    });
  });
});

test('What is a dynamic bundle already is installed as it is with `export: true`', async () => {
  const packages = await tempDir();
  await cp(await namedBundle('ready-dynamic', '3.0.0'), join(packages, 'ready'), { recursive: true });
  const { dir, integrityOf, list } = await place(packages);
  await list([{ package: 'ready-dynamic@3', integrity: await integrityOf('ready-dynamic'), export: true }]);
  expect((await install(dir, 'root')).error).toBeUndefined();
  expect(await filesOf(join(dir, 'root/ready-dynamic'))).toEqual(await filesOf(join(packages, 'ready')));
});

test('`export: true` is for packages of npm registries only', async () => {
  const dir = await tempDir();
  await writeFile(join(dir, 'dynamic-plugins.yaml'), 'plugins:\n  - package: ./folder\n    export: true\n');
  expect((await install(dir, 'root')).error).toMatchObject({
    code: 'PLUGIN_LIST_INVALID',
    message: expect.stringMatching(/^dynamic-plugins\.yaml:2: export is for packages of npm registries/) as unknown,
  });
});
