import {
  copyFolder,
  DEFAULT_LIMITS,
  extractArchive,
  isLitterName,
  listBundleFiles,
  listFiles,
  packBundle,
  readManifest,
} from '@stagedoor/bundle';
import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { tempDir } from '../support/tempDir';

/** What people's programs leave in folders; each is left out, at the top and further below. */
export const LITTER = [
  '.DS_Store',
  '._index.cjs',
  '__MACOSX/index.cjs',
  'Thumbs.db',
  'desktop.ini',
  '.nfs000000000012d68700000001',
  '.fuse_hidden0000000100000002',
  'lost+found/1234',
  '..2026_11_30_18_00_00.123456789/index.cjs',
  '.index.cjs.swp',
  'index.cjs~',
  '#index.cjs#',
  '.goutputstream-ABC123',
];

async function litter(dir: string): Promise<void> {
  for (const path of LITTER.flatMap((name) => [name, `below/${name}`])) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), 'litter');
  }
  await symlink('..2026_11_30_18_00_00.123456789', join(dir, '..data'));
  // Emacs locks a file with a link that leads nowhere.
  await symlink('somebody@host.1234', join(dir, '.#index.cjs'));
}

async function littered(options: Parameters<typeof fixtureBundle>[2] = {}): Promise<string> {
  const dir = await fixtureBundle(await tempDir(), 'greeter', { files: { 'below/kept.txt': 'kept' }, ...options });
  await litter(dir);
  return dir;
}

test('Names of programs are told from names of packages.', () => {
  for (const name of [
    '.npmrc',
    '.data',
    'data',
    '..',
    '.swp',
    'a.swp.js',
    'thumbs.db.js',
    '_.js',
    '.nfs',
    '#',
    'lost',
  ]) {
    expect(isLitterName(name), name).toBe(false);
  }
  for (const path of LITTER) expect(path.split('/').some(isLitterName), path).toBe(true);
});

test('A copy of a folder, with a manifest and without, and the list of its files hold no litter.', async () => {
  for (const sealed of [true, false]) {
    const dir = await littered({ sealed });
    const to = join(await tempDir(), 'copy');
    await copyFolder(dir, to, DEFAULT_LIMITS);
    const clean = await fixtureBundle(await tempDir(), 'greeter', { sealed, files: { 'below/kept.txt': 'kept' } });
    expect(await listFiles(to)).toEqual(await listFiles(clean));
    expect(await listBundleFiles(dir)).toEqual(await listFiles(clean));
  }
});

test('An archive by whichever program is unpacked without litter; one that is packed here holds none.', async () => {
  const dir = await littered();
  const clean = await listFiles(
    await fixtureBundle(await tempDir(), 'greeter', { files: { 'below/kept.txt': 'kept' } }),
  );
  const parent = await tempDir();
  await rename(dir, join(parent, 'package'));
  // The archiver of macOS writes one for the folder itself.
  await writeFile(join(parent, '._package'), 'litter');
  const archive = join(parent, 'tar.tgz');
  execFileSync('tar', ['-czf', archive, '-C', parent, '._package', 'package']);
  await extractArchive(archive, join(parent, 'unpacked'));
  expect(await listFiles(join(parent, 'unpacked'))).toEqual(clean);
  const packed = join(parent, 'packed.tgz');
  await packBundle(join(parent, 'package'), packed);
  expect(execFileSync('tar', ['-tzf', packed], { encoding: 'utf8' })).not.toMatch(/DS_Store|Thumbs|~|\.\.|MACOSX/);
  const original = await fixtureBundle(await tempDir(), 'greeter', { files: { 'below/kept.txt': 'kept' } });
  await packBundle(original, join(parent, 'original.tgz'));
  expect(execFileSync('cmp', [packed, join(parent, 'original.tgz')]).toString()).toBe('');
});

test('A file that the manifest lists is never litter, in a folder or an archive; beside it, the like is.', async () => {
  const files = { 'kept/notes.txt~': 'listed', '._listed/.DS_Store': 'listed' };
  const dir = await fixtureBundle(await tempDir(), 'greeter', { files });
  await writeFile(join(dir, 'kept/other.txt~'), 'litter');
  const wanted = (await readManifest(dir))!.files;
  const to = join(await tempDir(), 'copy');
  await copyFolder(dir, to, DEFAULT_LIMITS);
  expect(await listFiles(to)).toEqual(wanted);
  const archive = join(await tempDir(), 'packed.tgz');
  await packBundle(dir, archive);
  await extractArchive(archive, join(to, '../unpacked'));
  expect(await listFiles(join(to, '../unpacked'))).toEqual(wanted);
});

test('A link that is not litter, and a file outside the top folder, are refused as before.', async () => {
  const dir = await littered();
  await symlink('/etc/hostname', join(dir, 'index.js'));
  await expect(copyFolder(dir, join(await tempDir(), 'copy'), DEFAULT_LIMITS)).rejects.toMatchObject({
    code: 'ARCHIVE_UNSAFE',
  });
  const parent = await tempDir();
  await rename(dir, join(parent, 'package'));
  await writeFile(join(parent, 'outside'), '');
  const archive = join(parent, 'tar.tgz');
  execFileSync('tar', ['-czf', archive, '-C', parent, 'package', 'outside']);
  await expect(extractArchive(archive, join(parent, 'unpacked'))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
});
