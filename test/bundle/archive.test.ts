import {
  DEFAULT_LIMITS,
  copyFolder,
  extractArchive,
  packBundle,
  type ContentLimits,
  type ErrorCode,
} from '@stagedoor/bundle';
import { chmod, cp, mkdir, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { list } from 'tar';
import { describe, expect, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { writeArchive, type ArchiveEntry } from '../support/hostileArchive';
import { tempDir } from '../support/tempDir';

describe('an archive of a bundle', () => {
  test('holds the same bytes whatever the folder, time and modes it was made in', async () => {
    const first = await fixtureBundle(await tempDir(), 'greeter');
    const second = join(await tempDir(), 'elsewhere');
    await cp(first, second, { recursive: true });
    for (const name of await readdir(second)) {
      await chmod(join(second, name), 0o600);
      await utimes(join(second, name), 1, 2);
    }
    const out = await tempDir();
    const packed = await packBundle(first, join(out, 'a.tgz'));
    const again = await packBundle(second, join(out, 'b.tgz'));
    expect(again.integrity).toBe(packed.integrity);
    expect(packed.integrity).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
    expect(await readFile(join(out, 'a.tgz'))).toEqual(await readFile(join(out, 'b.tgz')));
    expect((await readdir(out)).sort()).toEqual(['a.tgz', 'b.tgz']);
  });

  test('unpacks to what was packed, names that look like options included', async () => {
    const bundle = await fixtureBundle(await tempDir(), 'greeter', { sealed: false });
    await mkdir(join(bundle, '@scope'));
    await writeFile(join(bundle, '@scope/file.txt'), 'scoped');
    await writeFile(join(bundle, '@at'), 'at');
    await writeFile(join(bundle, 'dynamic-bundle.json'), '{}');
    const out = await tempDir();
    await packBundle(bundle, join(out, 'x.tgz'));
    const names: string[] = [];
    await list({ file: join(out, 'x.tgz'), onReadEntry: (entry) => void names.push(entry.path) });
    expect(names).toContain('package/@at');
    await extractArchive(join(out, 'x.tgz'), join(out, 'x'));
    expect(await readFile(join(out, 'x/@scope/file.txt'), 'utf8')).toBe('scoped');
    expect(await readFile(join(out, 'x/@at'), 'utf8')).toBe('at');
    expect((await readdir(join(out, 'x'))).sort()).toEqual((await readdir(bundle)).sort());
  });

  test('made with tar of a folder as it is (./…) unpacks as well', async () => {
    const out = await tempDir();
    await writeArchive(join(out, 'x.tgz'), [
      { path: './', type: 'Directory' },
      { path: './package.json', content: '{}' },
      { path: './dist/', type: 'Directory' },
      { path: './dist/index.js', content: '1' },
    ]);
    await extractArchive(join(out, 'x.tgz'), join(out, 'x'));
    expect(await readFile(join(out, 'x/dist/index.js'), 'utf8')).toBe('1');
  });
});

/** Modes in an archive or a folder, and those that files get. */
const MODES: ReadonlyArray<readonly [name: string, given: number, written: number]> = [
  ['set-user-id', 0o4755, 0o755],
  ['set-group-id', 0o2755, 0o755],
  ['sticky', 0o1644, 0o644],
  ['all bits', 0o7777, 0o755],
  ['writable for everybody', 0o666, 0o644],
  ['executable for others only', 0o605, 0o644],
  ['private', 0o400, 0o644],
];

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777;
}

/** A folder with a file for each of the modes, which holds its own name. */
async function expectPlain(folder: string): Promise<void> {
  expect(await modeOf(folder)).toBe(0o755);
  for (const [name, , written] of MODES) {
    expect(await modeOf(join(folder, name)), name).toBe(written);
    expect(await readFile(join(folder, name), 'utf8')).toBe(name);
  }
}

describe('file modes', () => {
  test('of an archive become 0644 or 0755, those of folders 0755', async () => {
    const out = await tempDir();
    await writeArchive(join(out, 'x.tgz'), [
      { path: 'package/package.json', content: '{}' },
      { path: 'package/folder/', type: 'Directory', mode: 0o7777 },
      ...MODES.map(([name, mode]) => ({ path: `package/folder/${name}`, content: name, mode })),
    ]);
    await extractArchive(join(out, 'x.tgz'), join(out, 'x'));
    await expectPlain(join(out, 'x/folder'));
  });

  test('of a folder that is copied become 0644 or 0755, those of folders 0755', async () => {
    const out = await tempDir();
    await mkdir(join(out, 'from/folder'), { recursive: true });
    for (const [name, given] of MODES) {
      await writeFile(join(out, 'from/folder', name), name);
      await chmod(join(out, 'from/folder', name), given);
    }
    await chmod(join(out, 'from/folder'), 0o3777);
    await copyFolder(join(out, 'from'), join(out, 'to'), DEFAULT_LIMITS);
    await expectPlain(join(out, 'to/folder'));
  });

  test('a copy that is refused half way is removed', async () => {
    const out = await tempDir();
    await mkdir(join(out, 'from'));
    await writeFile(join(out, 'from/a'), 'a');
    await writeFile(join(out, 'from/b'), Buffer.alloc(2000));
    const copying = copyFolder(join(out, 'from'), join(out, 'to'), { bytes: 1000, entries: 10 });
    await expect(copying).rejects.toMatchObject({ code: 'ARCHIVE_TOO_LARGE' });
    expect(await readdir(out)).toEqual(['from']);
  });
});

const hostile: Array<{ what: string; entries: ArchiveEntry[]; code?: ErrorCode; says?: string }> = [
  { what: 'a path with ..', entries: [{ path: 'package/../../escaped.txt', content: 'x' }] },
  { what: 'an absolute path', entries: [{ path: '/tmp/escaped.txt', content: 'x' }] },
  { what: 'a Windows path', entries: [{ path: 'package\\..\\escaped.txt', content: 'x' }] },
  { what: 'a control character in a name', entries: [{ path: 'package/a\nb', content: 'x' }] },
  { what: 'a symbolic link', entries: [{ path: 'package/link', type: 'SymbolicLink', linkpath: '/etc' }] },
  {
    what: 'a file through a symbolic link',
    entries: [
      { path: 'package/link', type: 'SymbolicLink', linkpath: '/tmp' },
      { path: 'package/link/escaped.txt', content: 'x' },
    ],
  },
  { what: 'a hard link', entries: [{ path: 'package/hard', type: 'Link', linkpath: 'package/a' }] },
  { what: 'a character device', entries: [{ path: 'package/null', type: 'CharacterDevice' }] },
  { what: 'a FIFO', entries: [{ path: 'package/pipe', type: 'FIFO' }] },
  {
    what: 'one name twice',
    entries: [
      { path: 'package/a', content: '1' },
      { path: 'package/a', content: '2' },
    ],
  },
  {
    what: 'names that differ by case alone',
    entries: [
      { path: 'package/a', content: '1' },
      { path: 'package/A', content: '2' },
    ],
  },
  {
    what: 'folders that differ by case alone',
    entries: [
      { path: 'package/dist/a', content: '1' },
      { path: 'package/Dist/b', content: '2' },
    ],
  },
  {
    what: 'folders that differ by Unicode normalisation alone',
    entries: [
      { path: 'package/caf\u00e9/', type: 'Directory' },
      { path: 'package/cafe\u0301/', type: 'Directory' },
    ],
  },
  {
    what: 'a file and a folder of one name',
    entries: [
      { path: 'package/a', content: '1' },
      { path: 'package/A/b', content: '2' },
    ],
  },
  {
    what: 'an entry of an unknown type',
    entries: [{ path: 'package/odd', content: 'x', patch: [[156, 'Z'.charCodeAt(0)]] }],
    says: '"package/odd" is a file of the unknown entry type "Z".',
  },
  {
    what: 'a sparse file',
    entries: [{ path: 'package/sparse', content: 'x', patch: [[156, 'S'.charCodeAt(0)]] }],
    says: '"package/sparse" is a file of the unknown entry type "S".',
  },
  {
    what: 'more bytes than allowed',
    entries: [{ path: 'package/zeros', content: Buffer.alloc(3 * 1024 * 1024) }],
    code: 'ARCHIVE_TOO_LARGE',
    says: 'hostile.tgz is too large: its files exceed 2097152 bytes in total.',
  },
  {
    what: 'more entries than allowed',
    entries: Array.from({ length: 150 }, (_, index) => ({ path: `package/${index}`, content: '' })),
    code: 'ARCHIVE_TOO_LARGE',
    says: 'hostile.tgz is too large: it contains more than 100 files and folders.',
  },
];

describe('a hostile archive', () => {
  test.each(hostile)('with $what is refused, and nothing is written', async ({ entries, code, says = '' }) => {
    const out = await tempDir();
    const file = join(out, 'hostile.tgz');
    await writeArchive(file, [{ path: 'package/package.json', content: '{}' }, ...entries]);
    const target = join(out, 'deep/target');
    const extracting = extractArchive(file, target, { limits: { bytes: 2 * 1024 * 1024, entries: 100 } });
    await expect(extracting).rejects.toMatchObject({
      code: code ?? 'ARCHIVE_UNSAFE',
      hint: expect.any(String),
      message: expect.stringContaining(says) as string,
    });
    // Not even what comes before the entry that gives it away.
    expect(await readdir(out)).toEqual(['hostile.tgz']);
    expect(await stat('/tmp/escaped.txt').catch(() => 'absent')).toBe('absent');
  });

  test('is called what the caller calls it, and the limit that it exceeds is named', async () => {
    const out = await tempDir();
    const file = join(out, 'temporary.tgz');
    const message = async (entries: ArchiveEntry[], limits: ContentLimits): Promise<string> => {
      await writeArchive(file, entries);
      const fault = extractArchive(file, join(out, 'x'), { limits, shown: 'oci://host/name' });
      return await fault.then(String, (error: Error) => error.message);
    };
    const zeros = [{ path: 'package/zeros', content: Buffer.alloc(64 * 1024 * 1024) }];
    expect(await message(zeros, DEFAULT_LIMITS)).toMatch(
      /^oci:\/\/host\/name is too large: it unpacks to more than 200 times its \d+ bytes\.$/,
    );
    const named = [{ path: 'package/a/large', content: 'x'.repeat(11) }];
    expect(await message(named, { ...DEFAULT_LIMITS, entryBytes: 10 })).toBe(
      'oci://host/name is too large: "a/large" has 11 bytes, and a file may have 10.',
    );
    expect(await message([{ path: 'package/a', content: 'x' }], { bytes: 100, entries: 0 })).toBe(
      'oci://host/name is too large: it unpacks to more than 100 bytes (100 for files, the rest for their headers).',
    );
  });

  test.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ['not gzip', () => Buffer.from('hello')],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s is refused', async (_what, spoil) => {
    const out = await tempDir();
    const file = join(out, 'x.tgz');
    await writeArchive(file, [{ path: 'package/a', content: Buffer.alloc(100_000, 'abcdefg') }]);
    await writeFile(file, spoil(await readFile(file)));
    const extracting = extractArchive(file, join(out, 'x'));
    await expect(extracting).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});
