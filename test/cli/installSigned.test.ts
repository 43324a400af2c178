import { generateKeys, readPrivateKey, readPublicKey, signBundle, type PublicKey } from '@stagedoor/bundle';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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

  it('let in what a trusted key signed, and say which', async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    const { plugins } = await place.install({ trusted: [trusted] });
    expect(plugins).toMatchObject([{ signedBy: [trusted.keyId] }]);
  });

  it.each([
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

  it('refuse what changed after it was signed', async () => {
    const place = await workplace();
    const { trusted, sign } = keys();
    const dir = await namedBundle('a', '1.0.0');
    await sign(dir);
    await writeFile(join(dir, 'index.cjs'), 'changed');
    place.network.publish('oci://h/a:1', dir, 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    await expect(place.install({ trusted: [trusted] })).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  });

  it('refuse what was installed before they were required', async () => {
    const place = await withTwo();
    await expect(place.install({ trusted: [keys().trusted] })).rejects.toMatchObject({ code: 'SIGNATURE_MISSING' });
  });
});
