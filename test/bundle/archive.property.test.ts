import { extractArchive, isBundlePath, isStagedoorError } from '@stagedoor/bundle';
import fc from 'fast-check';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Header } from 'tar';
import { describe, expect, test } from 'vitest';
import { archiveBytes, type ArchiveEntry } from '../support/hostileArchive';
import { patience } from '../support/patience';
import { tempDir } from '../support/tempDir';

const LIMITS = { bytes: 256 * 1024, entries: 200 };

const names = fc.oneof(
  fc.stringMatching(/^package(\/[a-c]){1,3}$/),
  fc.constantFrom(
    'package/a',
    'package/A',
    'package/b/c',
    'package/../../x',
    '/etc/x',
    'package',
    '.',
    './a',
    '..',
    '',
  ),
  fc.string({ maxLength: 120 }).map((text) => `package/${text}`),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(fc.constantFrom('..', '.', 'a', '', '\\', 'C:', '\u0000', 'ａ')).map((parts) => parts.join('/')),
);

const types = fc.constantFrom<Header['type']>(
  'File',
  'File',
  'File',
  'ExtendedHeader',
  'OldFile',
  'Link',
  'SymbolicLink',
  'CharacterDevice',
  'BlockDevice',
  'Directory',
  'FIFO',
  'ContiguousFile',
  'GlobalExtendedHeader',
  'ExtendedHeader',
  'NextFileHasLongPath',
  'NextFileHasLongLinkpath',
  'GNUDumpDir',
  'SparseFile',
  'TapeVolumeHeader',
);

/** Lines of an extended header: names, sizes and links that the next entry does not have. */
const pax = fc
  .array(
    fc.tuple(
      fc.constantFrom('path', 'linkpath', 'size', 'type', 'mode', 'GNU.sparse.size', '__proto__', 'constructor'),
      fc.oneof(names, fc.constantFrom('-1', '0', '99999999999999999999', 'NaN', '1e400', '5')),
    ),
    { maxLength: 4 },
  )
  .map((lines) =>
    lines
      .map(([key, value]) => {
        const body = ` ${key}=${value}\n`;
        const bytes = Buffer.byteLength(body);
        const digits = String(bytes + String(bytes).length).length;
        return `${bytes + digits}${body}`;
      })
      .join(''),
  );

const entry: fc.Arbitrary<ArchiveEntry> = fc.record(
  {
    path: names,
    type: types,
    linkpath: names,
    // Above all in size and type, where a wrong byte is not just another name.
    patch: fc.array(
      fc.tuple(fc.oneof(fc.integer({ min: 124, max: 135 }), fc.constant(156), fc.nat(511)), fc.nat(255)),
      {
        maxLength: 4,
      },
    ),
    content: fc.oneof(pax, fc.string({ maxLength: 600 }), fc.constant('\0'.repeat(1024))),
  },
  { requiredKeys: ['path'] },
);

/** What becomes of a tar on its way: mostly nothing, else bits are turned, it is cut, or contains data after its end marker. */
const damage = fc.oneof(
  { weight: 5, arbitrary: fc.constant((bytes: Buffer) => bytes) },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
      .map((flips) => (bytes: Buffer) => {
        for (const [at, bits] of flips) bytes[at % bytes.length]! ^= bits;
        return bytes;
      }),
  },
  { weight: 1, arbitrary: fc.nat().map((cut) => (bytes: Buffer) => bytes.subarray(0, cut % bytes.length)) },
  {
    weight: 1,
    arbitrary: fc.array(entry).map((more) => (bytes: Buffer) => Buffer.concat([bytes, archiveBytes(more)])),
  },
);

/** Bytes of a tar that begins well. */
const tar = fc
  .tuple(fc.array(entry, { maxLength: 5 }), damage)
  .map(([entries, spoil]) => spoil(archiveBytes([{ path: 'package/package.json', content: '{}' }, ...entries])));

/** A file system of its own: the archive, a sentinel beside, and the folder to unpack into. */
async function arena(): Promise<{
  file: string;
  target: string;
  check: () => Promise<void>;
  reset: () => Promise<void>;
}> {
  const dir = await tempDir();
  await mkdir(join(dir, 'deep'));
  await writeFile(join(dir, 'sentinel'), 'untouched');
  const target = join(dir, 'deep', 'target');
  return {
    file: join(dir, 'x.tgz'),
    target,
    async check() {
      expect((await readdir(dir)).sort()).toEqual(['deep', 'sentinel', 'x.tgz']);
      const unpacked = await readdir(join(dir, 'deep'));
      if (unpacked.length === 0) return;
      expect(unpacked).toEqual(['target']);
      expect(await readFile(join(dir, 'sentinel'), 'utf8')).toBe('untouched');
      const found = await readdir(target, { recursive: true, withFileTypes: true });
      for (const item of found) expect(item.isFile() || item.isDirectory()).toBe(true);
    },
    reset: () => rm(target, { recursive: true, force: true }),
  };
}

/** Unpacks; undefined where that worked, else the code. Fails for any other error, and for none in time. */
async function codeOf(file: string, target: string): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The archive was not read in time')), patience.effectMs);
  });
  try {
    await Promise.race([extractArchive(file, target, { limits: LIMITS }), late]);
    return undefined;
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    expect(error.message.length).toBeLessThan(2000);
    return error.code;
  } finally {
    clearTimeout(timer);
  }
}

const CODES = new Set([undefined, 'ARCHIVE_INVALID', 'ARCHIVE_UNSAFE', 'ARCHIVE_TOO_LARGE']);

describe('the reader of archives', () => {
  test('takes or refuses whatever there is, with a code, in time, and writes nothing outside', async () => {
    const { file, target, check, reset } = await arena();
    const property = fc.asyncProperty(tar, async (bytes) => {
      await writeFile(file, gzipSync(bytes, { level: 1 }));
      expect(CODES).toContain(await codeOf(file, target));
      await check();
      await reset();
    });
    await fc.assert(property, { numRuns: 400 });
  });

  test('takes or refuses damaged gzip as well', async () => {
    const { file, target, check, reset } = await arena();
    const whole = gzipSync(archiveBytes([{ path: 'package/a', content: 'a'.repeat(5000) }]));
    const spoilt = fc
      .tuple(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat(), fc.uint8Array({ maxLength: 64 }))
      .map(([flips, cut, tail]) => {
        const bytes = Buffer.from(whole);
        for (const [at, bits] of flips) bytes[at % bytes.length]! ^= bits;
        return Buffer.concat([bytes.subarray(0, cut % (bytes.length + 1)), tail]);
      });
    const property = fc.asyncProperty(spoilt, async (bytes) => {
      await writeFile(file, bytes);
      expect(CODES).toContain(await codeOf(file, target));
      await check();
      await reset();
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test('unpacks to exactly the files that a well-behaved archive holds', async () => {
    const { file, target, check, reset } = await arena();
    const segment = fc.stringMatching(/^[a-z0-9@_-][a-z0-9@._-]{0,20}$/);
    const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const files = fc.dictionary(path, fc.string({ maxLength: 3000 }), { minKeys: 1, maxKeys: 6 }).filter((record) => {
      const keys = Object.keys(record);
      return !keys.some((key) => keys.some((other) => other.startsWith(`${key}/`)));
    });
    const property = fc.asyncProperty(files, async (record) => {
      const entries = Object.entries(record).map(([name, content]) => ({ path: `package/${name}`, content }));
      await writeFile(file, gzipSync(archiveBytes(entries), { level: 1 }));
      expect(await codeOf(file, target)).toBeUndefined();
      await check();
      for (const [name, content] of Object.entries(record)) {
        expect(await readFile(join(target, name), 'utf8')).toBe(content);
      }
      await reset();
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

test('a path of a bundle stays below its folder, however it is spelt', () => {
  const spelling = fc.oneof(names, fc.string(), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(spelling, (path) => {
      if (!isBundlePath(path)) return;
      const below = join('/bundle', path);
      expect(below.startsWith('/bundle/')).toBe(true);
      expect(below).toBe(`/bundle/${path}`);
    }),
    { numRuns: 2000 },
  );
});
