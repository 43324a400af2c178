import {
  digestOf,
  generateKeys,
  listFiles,
  readPrivateKey,
  readPublicKey,
  signBundle,
  type PublicKey,
} from '@stagedoor/bundle';
import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namedBundle, storeOf, withTwo, workplace } from './installSupport';

describe('Required signatures', () => {
  const keys = (): { trusted: PublicKey; sign(dir: string): Promise<void> } => {
    const pair = generateKeys(undefined);
    const key = readPrivateKey(pair.privateKey, 'key');
    return {
      trusted: readPublicKey(pair.publicKey, 'key'),
      sign: async (dir) => void (await signBundle(dir, key)),
    };
  };

  /** A workplace whose list names the package `a`, which the key signed. */
  const signedPlace = async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    return { place, trusted, dir };
  };

  test('let in what a trusted key signed, and say which', async () => {
    const { place, trusted } = await signedPlace();
    const { plugins } = await place.install({ trusted: [trusted] });
    expect(plugins).toMatchObject([{ signedBy: [trusted.keyId] }]);
  });

  test.each([
    ['SIGNATURE_MISSING', 'is not signed', async () => {}],
    ['SIGNATURE_UNTRUSTED', 'another key signed', (dir: string) => keys().sign(dir)],
  ])('refuse with %s what %s, before it is in the root directory', async (code, _, sign) => {
    const place = await workplace();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    await expect(place.install({ trusted: [keys().trusted] })).rejects.toMatchObject({ code });
    expect(await place.installed()).toEqual({});
    expect((await storeOf(place.root)).held).toEqual([]);
  });

  test('refuse what changed after it was signed', async () => {
    const { place, trusted, dir } = await signedPlace();
    await writeFile(join(dir, 'index.cjs'), 'changed');
    await expect(place.install({ trusted: [trusted] })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  test('refuse what was installed before they were required', async () => {
    const place = await withTwo();
    await expect(place.install({ trusted: [keys().trusted] })).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' });
  });

  test('refuse an older version with VERSION_TOO_OLD where the list says from which on, signed or not', async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const publish = async (version: string): Promise<void> => {
      const dir = await namedBundle('a', version);
      await sign(dir);
      place.network.publish('oci://h/a:1', dir, version);
    };
    const install = async (minVersion: string) => {
      await place.list([{ package: 'oci://h/a:1', pullPolicy: 'Always', minVersion }]);
      return await place.install({ trusted: [trusted] });
    };
    await publish('2.0.0');
    expect(await install('2.0.0')).toMatchObject({ plugins: [{ action: 'added', version: '2.0.0' }] });
    await publish('1.9.9');
    await expect(install('2.0.0')).rejects.toMatchObject({
      code: 'VERSION_TOO_OLD',
      message: expect.stringContaining('a@1.9.9 is older than 2.0.0.') as string,
    });
    expect(await place.installed()).toEqual({ a: '2.0.0' });
    await publish('2.0.0');
    await expect(install('2.0.1')).rejects.toMatchObject({ code: 'VERSION_TOO_OLD' });
    await expect(install('soon')).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
  });

  describe('for a package that is there already', () => {
    /** Installs the signed package `a`; gives what runs the same install again, and its folder in the store. */
    const installed = async () => {
      const { place, trusted } = await signedPlace();
      await place.install({ trusted: [trusted] });
      const link = join(place.root, 'a');
      return { place, link, folder: await realpath(link), again: () => place.install({ trusted: [trusted] }) };
    };

    /** Makes the record beside a package say what its files are now. */
    const forgeRecord = async (folder: string, changes: object = {}): Promise<void> => {
      const file = join(folder, '../record.json');
      const record = JSON.parse(await readFile(file, 'utf8')) as object;
      const content = digestOf(await listFiles(folder));
      await writeFile(file, JSON.stringify({ ...record, content, ...changes }));
    };

    test('keep what is signed and unchanged', async () => {
      const { again } = await installed();
      expect(await again()).toMatchObject({ changed: false, plugins: [{ action: 'kept' }], warnings: [] });
    });

    test.each<[string, (folder: string) => Promise<void>]>([
      ['a file was changed', (folder) => writeFile(join(folder, 'index.cjs'), 'changed')],
      ['a file was added', (folder) => writeFile(join(folder, 'more.cjs'), 'more')],
      ['the signature was removed', (folder) => rm(join(folder, 'dynamic-bundle.sig'))],
    ])('fetch it again where %s and its record was changed with it', async (_, tamper) => {
      const { place, link, folder, again } = await installed();
      const lock = await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8');
      await tamper(folder);
      await forgeRecord(folder);
      const { plugins, warnings } = await again();
      expect(plugins).toMatchObject([{ action: 'added', signedBy: [expect.any(String)] }]);
      expect(warnings).toEqual([expect.stringMatching(/^a in the root directory is fetched again: /)]);
      expect(await realpath(link)).not.toBe(folder);
      expect(await readFile(join(link, 'index.cjs'), 'utf8')).not.toBe('changed');
      expect(await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8')).toBe(lock);
    });

    test('fetch it again where its record names another version', async () => {
      const { folder, again } = await installed();
      await forgeRecord(folder, { version: '9.0.0' });
      expect(await again()).toMatchObject({ plugins: [{ action: 'added', version: '1.0.0' }] });
    });

    test('refuse it where what is fetched instead is not signed either', async () => {
      const { place, link, folder, again } = await installed();
      await writeFile(join(folder, 'index.cjs'), 'changed');
      await forgeRecord(folder);
      place.network.publish('oci://h/a:1', await namedBundle('a', '1.0.0'), 'a1');
      await expect(again()).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' });
      expect(await readFile(join(link, 'index.cjs'), 'utf8')).toBe('changed');
    });
  });
});
