import { integrityOf, isStagedoorError, packBundle, sha256File } from '@stagedoor/bundle';
import {
  createSources,
  install,
  mirror as makeMirror,
  withSources,
  type InstallResult,
  type MirrorResult,
} from '@stagedoor/cli/api';
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { startContainerRegistry } from '../../../support/containerRegistry';
import { archiveBytes, type ArchiveEntry } from '../../../support/hostileArchive';
import { startVerdaccio } from '../../../support/npmRegistry';
import { serve } from '../../../support/serve';
import { tempDir } from '../../../support/tempDir';
import { runWithoutNetwork } from '../../../support/withoutNetwork';
import { bin, stagedoor } from '../../export/exportSupport';
import { namedBundle, versionsIn } from '../installSupport';

type Failed = { error?: { code: string; message: string; hint?: string } };

const CONFIG = 'dynamic-plugins.yaml';

/** What `work` gives, or the StagedoorError that it throws, as commands print both. */
async function outcomeOf<T extends object>(work: Promise<T>): Promise<T & Failed> {
  try {
    return await work;
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    const { code, message, hint } = error;
    return { error: { code, message, ...(hint !== undefined && { hint }) } } as T & Failed;
  }
}

async function mirror(cwd: string, out: string, { frozen = false } = {}): Promise<MirrorResult & Failed> {
  return await outcomeOf(makeMirror({ cwd, config: CONFIG, out, frozen, sources: createSources() }));
}

/** Installs into `<dir>/root` from a mirror, the path of which is seen from there. */
async function offline(cwd: string, path: string, { frozen = false } = {}): Promise<InstallResult & Failed> {
  const options = { cwd, config: CONFIG, root: 'root', frozen };
  return await outcomeOf(withSources(resolve(cwd, path), (sources) => install({ ...options, sources })));
}

/** A folder with a list of two bundles of this machine, `one` as a folder and `two` as an archive, and a mirror of them. */
async function mirrored(): Promise<{ dir: string; mirror: string }> {
  const dir = await tempDir();
  await cp(await namedBundle('one', '1.0.0'), join(dir, 'one'), { recursive: true });
  const { integrity } = await packBundle(await namedBundle('two', '2.0.0'), join(dir, 'two.tgz'));
  const plugins = [{ package: './one' }, { package: './two.tgz', integrity }];
  await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  expect(await mirror(dir, 'mirror')).toMatchObject({ plugins: [{ name: 'one' }, { name: 'two' }] });
  return { dir, mirror: join(dir, 'mirror') };
}

interface Index {
  packages: Array<{ package: string; archive?: string; resolved: Record<string, string> }>;
}

async function changeIndex(dir: string, change: (index: Index) => void): Promise<void> {
  const file = join(dir, 'mirror.json');
  const index = JSON.parse(await readFile(file, 'utf8')) as Index;
  change(index);
  await writeFile(file, JSON.stringify(index));
}

const blobOf = (dir: string, digest: string): string => join(dir, 'blobs/sha256', digest.replace('sha256:', ''));

describe('A mirror', () => {
  test('holds all that a list and what it includes need, for a machine that reaches nothing', async () => {
    const [images, npm] = await Promise.all([startContainerRegistry(), startVerdaccio()]);
    const dir = await tempDir();
    const there = await tempDir();
    const outs = ['folder', 'mirror.tar', 'mirror.tgz'];
    try {
      const pushed = [await namedBundle('first', '1.0.0'), await namedBundle('second', '1.0.0')];
      const image = `oci://${images.host}/team/both`;
      expect((await stagedoor('/', 'push', ...pushed, `${image}:1`)).code).toBe(0);
      await npm.publish(await namedBundle('from-npm', '1.2.3'));
      const { file, integrity } = await packBundle(await namedBundle('from-web', '3.0.0'), join(dir, 'from-web.tgz'));
      const bytes = await readFile(file);
      const address = `${await serve((_, response) => response.end(bytes))}/from-web.tgz`;
      await writeFile(join(dir, '.npmrc'), `registry=${npm.url}\ncache=${join(dir, 'cache')}\n`);
      const view = (await (await fetch(`${npm.url}from-npm`)).json()) as {
        versions: Record<string, { dist: { integrity: string } }>;
      };
      await cp(await namedBundle('local', '4.0.0'), join(dir, 'local'), { recursive: true });
      await writeFile(
        join(dir, 'base.yaml'),
        JSON.stringify({
          plugins: [{ package: `${image}:1!first`, disabled: true }, { package: `${image}:1!second` }],
        }),
      );
      const plugins = [
        { package: `${image}:{{inherit}}!first`, enabled: true, pluginConfig: { first: 1 } },
        { package: 'from-npm@^1.2.0', integrity: view.versions['1.2.3']!.dist.integrity },
        { package: address, integrity },
        { package: './local' },
        { package: './absent', disabled: true },
      ];
      await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ includes: ['base.yaml'], plugins }));
      for (const out of outs) {
        const made = JSON.parse((await stagedoor(dir, 'mirror', '--json', out)).stdout) as MirrorResult & Failed;
        expect(made.error).toBeUndefined();
        expect(made.plugins.map(({ name }) => name).sort()).toEqual([
          'first',
          'from-npm',
          'from-web',
          'local',
          'second',
        ]);
        expect(made.lockFile.written).toBe(out === outs[0]);
      }
    } finally {
      await Promise.all([images.stop(), npm.stop()]);
    }
    for (const file of ['dynamic-plugins.yaml', 'base.yaml', 'dynamic-plugins.lock']) {
      await copyFile(join(dir, file), join(there, file));
    }
    for (const out of outs) {
      const args = [bin, 'install', 'root', '--json', '--offline', join(dir, out), '--frozen'];
      const ran = await runWithoutNetwork(args, { cwd: there });
      const result = JSON.parse(ran.stdout) as InstallResult & Failed;
      expect(result.error, out).toBeUndefined();
      expect(result.plugins.map(({ action }) => action)).toEqual(Array(5).fill('added'));
      expect(await versionsIn(join(there, 'root'))).toEqual({
        first: '1.0.0',
        second: '1.0.0',
        'from-npm': '1.2.3',
        'from-web': '3.0.0',
        local: '4.0.0',
      });
      expect(await readFile(join(there, 'root/app-config.dynamic-plugins.yaml'), 'utf8')).toContain('first: 1');
      await rm(join(there, 'root'), { recursive: true });
    }
    // The layer that two plugins share is there once: with config aside, manifest, layer and three archives.
    expect(await readdir(join(dir, 'folder/blobs/sha256'))).toHaveLength(5);
  });

  test('of equal packages is equal, and replaces an older mirror only', async () => {
    const { dir } = await mirrored();
    await mirror(dir, 'a.tgz');
    const first = await sha256File(join(dir, 'a.tgz'));
    await mirror(dir, 'a.tgz');
    expect(await sha256File(join(dir, 'a.tgz'))).toBe(first);
    expect(await mirror(dir, 'mirror')).toMatchObject({ plugins: [{}, {}] });
    await mkdir(join(dir, 'mine'));
    await writeFile(join(dir, 'mine/letter.txt'), 'dear');
    for (const out of ['mine', 'dynamic-plugins.yaml']) {
      expect((await mirror(dir, out)).error?.code).toBe('OUTPUT_NOT_A_BUNDLE');
    }
    expect((await mirror(dir, 'two.tgz/below')).error?.code).toBe('OUTPUT_UNWRITABLE');
    expect((await readdir(dir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('made with --frozen holds what the lock says or is not made', async () => {
    const { dir } = await mirrored();
    expect(await mirror(dir, 'again', { frozen: true })).toMatchObject({ lockFile: { written: false } });
    await rm(join(dir, 'one'), { recursive: true });
    await cp(await namedBundle('one', '1.0.1'), join(dir, 'one'), { recursive: true });
    expect(await mirror(dir, 'third', { frozen: true })).toMatchObject({ error: { code: 'PLUGIN_LOCK_MISMATCH' } });
    expect(await readdir(dir)).not.toContain('third');
  });
});

describe('An install from a mirror', () => {
  test('is held to the lock, whatever the mirror says', async () => {
    const { dir, mirror: folder } = await mirrored();
    const lock = join(dir, 'dynamic-plugins.lock');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/("content": ")./, '$1x'));
    const { error } = await offline(dir, folder, { frozen: true });
    expect(error).toMatchObject({ code: 'PLUGIN_LOCK_MISMATCH', message: expect.stringContaining('./one') as unknown });
  });

  test('refuses what is not the content that it is said to be', async () => {
    const { dir, mirror: folder } = await mirrored();
    await changeIndex(folder, (index) => {
      index.packages[0]!.archive = index.packages[1]!.archive!;
    });
    // Another plugin in its place has the digest that the mirror says, and not that of the lock.
    expect((await offline(dir, folder, { frozen: true })).error?.code).toBe('PLUGIN_LOCK_MISMATCH');
    await changeIndex(folder, (index) => {
      index.packages[0]!.archive = `sha256:${'0'.repeat(64)}`;
    });
    expect((await offline(dir, folder)).error?.code).toBe('MIRROR_INVALID');
    expect(await versionsIn(join(dir, 'root'))).toEqual({});
  });

  test('refuses damaged content, and an archive that has not the integrity of the list', async () => {
    const { dir, mirror: folder } = await mirrored();
    const index = JSON.parse(await readFile(join(folder, 'mirror.json'), 'utf8')) as Index;
    await writeFile(blobOf(folder, index.packages[0]!.archive!), 'damaged');
    expect((await offline(dir, folder)).error?.code).toBe('MIRROR_INVALID');
    const other = await packBundle(await namedBundle('two', '2.0.1'), join(dir, 'other.tgz'));
    const digest = `sha256:${await sha256File(other.file)}`;
    await copyFile(other.file, blobOf(folder, digest));
    await changeIndex(folder, ({ packages }) => {
      packages.shift();
      packages[0]!.archive = digest;
      packages[0]!.resolved.integrity = other.integrity;
    });
    const integrity = await integrityOf(join(dir, 'two.tgz'));
    await writeFile(
      join(dir, 'dynamic-plugins.yaml'),
      JSON.stringify({ plugins: [{ package: './two.tgz', integrity }] }),
    );
    expect((await offline(dir, folder)).error?.code).toBe('INTEGRITY_MISMATCH');
  });

  test('refuses an index that has another kind of package, or another image, for an entry', async () => {
    const { dir, mirror: folder } = await mirrored();
    const image = `oci://h/a@sha256:${'1'.repeat(64)}!a`;
    const resolved = { kind: 'oci', key: 'k', identity: image.replace(/1/g, '2'), digest: 'd' };
    await changeIndex(folder, ({ packages }) => {
      packages[0]!.resolved = resolved;
      packages[1]!.package = image;
      packages[1]!.resolved = resolved;
    });
    for (const text of ['./one', image]) {
      await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins: [{ package: text }] }));
      expect((await offline(dir, folder)).error?.code).toBe('MIRROR_INVALID');
    }
  });

  test('names what the mirror lacks', async () => {
    const { dir, mirror: folder } = await mirrored();
    const plugins = [{ package: './one' }, { package: './three' }];
    await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
    const { error } = await offline(dir, folder);
    expect(error).toMatchObject({ code: 'MIRROR_INCOMPLETE', message: expect.stringContaining('./three') as unknown });
    expect(error?.hint).toContain('stagedoor mirror');
  });

  test.each<[string, string, ArchiveEntry[] | string]>([
    ['that lead out', 'ARCHIVE_UNSAFE', [{ path: 'mirror/../../evil.js', content: 'x' }]],
    ['with links', 'ARCHIVE_UNSAFE', [{ path: 'mirror/blobs', type: 'SymbolicLink', linkpath: '/etc' }]],
    ['with devices', 'ARCHIVE_UNSAFE', [{ path: 'mirror/disk', type: 'BlockDevice' }]],
    ['that are none', 'ARCHIVE_INVALID', 'no archive'],
    ['of something else', 'MIRROR_INVALID', [{ path: 'package/package.json', content: '{}' }]],
    ['with an index that is none', 'MIRROR_INVALID', [{ path: 'mirror/mirror.json', content: '{"format":2}' }]],
    ['with a key that poisons', 'MIRROR_INVALID', [{ path: 'mirror/mirror.json', content: '{"__proto__":{}}' }]],
  ])('refuses archives %s', async (_, code, content) => {
    const { dir } = await mirrored();
    const bytes = typeof content === 'string' ? Buffer.from(content) : gzipSync(archiveBytes(content));
    await writeFile(join(dir, 'evil.tgz'), bytes);
    expect((await offline(dir, 'evil.tgz')).error?.code).toBe(code);
    expect(await readdir(dir)).not.toContain('root');
  });

  test('refuses a place where there is none', async () => {
    const { dir } = await mirrored();
    expect((await offline(dir, 'nowhere')).error?.code).toBe('MIRROR_INVALID');
    await mkdir(join(dir, 'empty'));
    expect((await offline(dir, 'empty')).error?.code).toBe('MIRROR_INVALID');
  });
});
