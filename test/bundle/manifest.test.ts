import {
  MANIFEST_FILE,
  checkFiles,
  digestOf,
  dynamicName,
  listFiles,
  fileName,
  packName,
  parseManifest,
  parsePackageJson,
  readManifest,
  sourceName,
  startCheckOf,
} from '@stagedoor/bundle';
import { mkdir, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { tempDir } from '../support/tempDir';

async function manifestText(): Promise<Record<string, unknown>> {
  const bundle = await fixtureBundle(await tempDir(), 'greeter');
  return JSON.parse(await readFile(join(bundle, MANIFEST_FILE), 'utf8')) as Record<string, unknown>;
}

describe('the digest of a bundle', () => {
  test('stays when nothing but times, manifest or signature change', async () => {
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    const before = digestOf(await listFiles(bundle));
    await utimes(join(bundle, 'index.cjs'), 1, 1);
    await writeFile(join(bundle, MANIFEST_FILE), '{}');
    await writeFile(join(bundle, 'dynamic-bundle.sig'), 'x');
    expect(digestOf(await listFiles(bundle))).toBe(before);
  });

  test('changes with a byte, a name, and a file more or less', async () => {
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    const digests = new Set([digestOf(await listFiles(bundle))]);
    const changes = [
      () => writeFile(join(bundle, 'extra.txt'), 'a'),
      () => writeFile(join(bundle, 'extra.txt'), 'b'),
      () => rename(join(bundle, 'extra.txt'), join(bundle, 'other.txt')),
      () => rm(join(bundle, 'package.json')),
    ];
    for (const change of changes) {
      await change();
      digests.add(digestOf(await listFiles(bundle)));
    }
    expect(digests.size).toBe(5);
  });

  test('does not depend on the order of the list', async () => {
    const files = await listFiles(await fixtureBundle(await tempDir(), 'greeter'));
    expect(digestOf([...files].reverse())).toBe(digestOf(files));
  });

  test('is refused to a folder with links in it', async () => {
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    await symlink('index.cjs', join(bundle, 'link.cjs'));
    await expect(listFiles(bundle)).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });
});

describe('the manifest', () => {
  test('is checked against the files, both ways', async () => {
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    const manifest = (await readManifest(bundle))!;
    checkFiles(manifest, await listFiles(bundle));
    await writeFile(join(bundle, 'index.cjs'), 'changed');
    await writeFile(join(bundle, 'extra.txt'), 'a');
    await rm(join(bundle, 'package.json'));
    const found = await listFiles(bundle);
    expect(() => checkFiles(manifest, found)).toThrow(
      /index\.cjs differs; package\.json is missing; extra\.txt is not listed/,
    );
    expect(() => checkFiles({ ...manifest, files: found }, found)).toThrow(/digest/);
  });

  const wrong: Array<[string, Record<string, unknown>, string]> = [
    ['a digest that is none', { digest: 'abc' }, 'digest'],
    ['a path that leads out', { files: [{ path: '../x', size: 1, sha256: 'a'.repeat(64) }] }, 'files.0.path'],
    ['a path with a NUL', { files: [{ path: 'a\0b', size: 1, sha256: 'a'.repeat(64) }] }, 'files.0.path'],
    ['a negative size', { files: [{ path: 'x', size: -1, sha256: 'a'.repeat(64) }] }, 'files.0.size'],
    ['a role that is none', { role: 'web-library' }, 'role'],
    ['no tool', { tool: undefined }, 'tool'],
  ];

  test.each(wrong)('with %s is refused by name', async (_what, change, says) => {
    const value = { ...(await manifestText()), ...change };
    expect(() => parseManifest(value, 'x')).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
    expect(() => parseManifest(value, 'x')).toThrow(says);
  });

  test.each([null, [], 'text', 42])('that is %j is refused', (value) => {
    expect(() => parseManifest(value, 'x')).toThrow(expect.objectContaining({ code: 'MANIFEST_INVALID' }));
  });

  test('of a later format is told apart', async () => {
    const value = { ...(await manifestText()), format: 2 };
    expect(() => parseManifest(value, 'x')).toThrow(expect.objectContaining({ code: 'FORMAT_UNSUPPORTED' }));
  });

  test('may say more than this release knows, and nothing reaches the prototype', async () => {
    const text = JSON.stringify({ ...(await manifestText()), later: 1 }).replace(/}$/, ',"__proto__":{"polluted":1}}');
    expect(parseManifest(JSON.parse(text), 'x').format).toBe(1);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('that is huge, or a folder, is not read', async () => {
    const dir = await tempDir();
    await writeFile(join(dir, MANIFEST_FILE), '{}');
    await truncate(join(dir, MANIFEST_FILE), 20 * 1024 * 1024);
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
    await rm(join(dir, MANIFEST_FILE));
    expect(await readManifest(dir)).toBeUndefined();
    await mkdir(join(dir, MANIFEST_FILE));
    await expect(readManifest(dir)).rejects.toMatchObject({ code: 'MANIFEST_INVALID' });
  });
});

describe('names', () => {
  test('follow npm pack and the suffix of dynamic plugins', () => {
    expect(packName('@a/b')).toBe('a-b');
    expect(packName('plain')).toBe('plain');
    expect(dynamicName('@a/b-backend')).toBe('@a/b-backend-dynamic');
    expect(dynamicName('@a/b-backend-dynamic')).toBe('@a/b-backend-dynamic');
    expect(sourceName('@a/b-backend-dynamic')).toBe('@a/b-backend');
  });

  test('of files differ for all packages, whatever a file system thinks of case and length', () => {
    const long = 'x'.repeat(213);
    const packages = ['@a/b-c', '@a-b/c', 'a-b-c', 'a-B-c', 'A-b-c', '@a/B-c', '@a/-b-c', `${long}y`, `${long}z`];
    packages.push('X'.repeat(214), `${'X'.repeat(213)}x`, '@a/b.c', '@a/b~c', '@a/b_c');
    const files = packages.map(fileName);
    expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(packages.length);
    for (const file of files) expect(file).toMatch(/^[@a-z0-9+=._~-]{1,200}$/);
    expect([fileName('plain'), fileName('@a/b')]).toEqual(['plain', '@a+b']);
  });

  test.each(['../x', '@a/../x', '@a/b/c', '', '.hidden', 'a b', 'a\\b', '__proto__/x'])(
    '%j is no package name',
    (name) => {
      const text = JSON.stringify({ name, version: '1.0.0' });
      expect(() => parsePackageJson(text, 'x')).toThrow(expect.objectContaining({ code: 'PACKAGE_JSON_INVALID' }));
    },
  );
});

describe('the start check in a manifest', () => {
  test.each([
    ['passed', { startCheck: 'passed', verified: true }],
    ['skipped', { startCheck: 'skipped', verified: false }],
    ['passed', { verified: true }],
    ['skipped', { verified: false }],
    ['skipped', {}],
  ])('%s is what %j says, whichever version of the packager wrote it', async (expected, fields) => {
    const { startCheck: _, verified: _verified, ...rest } = await manifestText();
    expect(startCheckOf(parseManifest({ ...rest, ...fields }, MANIFEST_FILE))).toBe(expected);
  });
});
