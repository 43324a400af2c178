import {
  MANIFEST_FILE,
  SIGNATURE_FILE,
  extractArchive,
  generateKeys,
  packBundle,
  readPrivateKey,
  readPublicKey,
  readSignatures,
  signBundle,
  verifySignatures,
  type PrivateKey,
  type PublicKey,
} from '@stagedoor/bundle';
import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtureBundle } from '../support/bundles';
import { tempDir } from '../support/tempDir';

/** A new pair, opened. */
function keys(): { mine: PrivateKey; theirs: PublicKey } {
  const pem = generateKeys(undefined);
  return { mine: readPrivateKey(pem.privateKey, 'test key'), theirs: readPublicKey(pem.publicKey, 'test key') };
}

async function greeter(version = '1.0.0'): Promise<string> {
  return await fixtureBundle(await tempDir(), 'greeter', { version });
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')));
}

describe('A signed bundle', () => {
  test('names who signed it, to a host that trusts one of several signers', async () => {
    const dir = await greeter();
    const [first, second, stranger] = [keys(), keys(), keys()];
    await signBundle(dir, first.mine);
    await signBundle(dir, second.mine);
    expect(await verifySignatures(dir, [first.theirs, stranger.theirs])).toMatchObject({
      signedBy: [first.theirs.keyId],
      unknown: [second.theirs.keyId],
      manifest: { version: '1.0.0' },
    });
    const { signedBy } = await verifySignatures(dir, [first.theirs, second.theirs]);
    expect(signedBy).toEqual([first.theirs.keyId, second.theirs.keyId].sort());
  });

  test('keeps its manifest and digest, and the same file when it is signed again', async () => {
    const dir = await greeter();
    const { mine } = keys();
    const manifest = await readFile(join(dir, MANIFEST_FILE));
    await signBundle(dir, mine);
    const signature = await readFile(join(dir, SIGNATURE_FILE));
    await signBundle(dir, mine);
    expect(await readFile(join(dir, SIGNATURE_FILE))).toEqual(signature);
    expect(await readFile(join(dir, MANIFEST_FILE))).toEqual(manifest);
  });

  test('keeps its signature in an archive', async () => {
    const dir = await greeter();
    const { mine, theirs } = keys();
    await signBundle(dir, mine);
    const parent = await tempDir();
    await packBundle(dir, join(parent, 'bundle.tgz'));
    await extractArchive(join(parent, 'bundle.tgz'), join(parent, 'unpacked'));
    expect((await verifySignatures(join(parent, 'unpacked'), [theirs])).signedBy).toEqual([theirs.keyId]);
  });

  test.each([
    ['another digest', (text: string) => text.replace(/"digest": "./, '"digest": "0')],
    ['other shared packages', (text: string) => text.replace('^1.0.0', '^2.0.0')],
    ['another layout of the same JSON', (text: string) => JSON.stringify(JSON.parse(text))],
  ])('does not vouch for a manifest with %s', async (_, change) => {
    const dir = await greeter();
    const { mine, theirs } = keys();
    await signBundle(dir, mine);
    const before = await readFile(join(dir, MANIFEST_FILE), 'utf8');
    await edit(join(dir, MANIFEST_FILE), change);
    expect(await readFile(join(dir, MANIFEST_FILE), 'utf8')).not.toBe(before);
    await expect(verifySignatures(dir, [theirs])).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('does not lend its signature to another version', async () => {
    const [one, two] = [await greeter('1.0.0'), await greeter('1.0.1')];
    const { mine, theirs } = keys();
    await signBundle(one, mine);
    await writeFile(join(two, SIGNATURE_FILE), await readFile(join(one, SIGNATURE_FILE)));
    await expect(verifySignatures(two, [theirs])).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('is refused when a false signature in the name of a trusted key lies beside a good one', async () => {
    const dir = await greeter();
    const [good, forged] = [keys(), keys()];
    const [signature] = await signBundle(dir, good.mine);
    const signatures = [signature, { ...signature, keyId: forged.theirs.keyId }];
    await writeFile(join(dir, SIGNATURE_FILE), JSON.stringify({ format: 1, signatures }));
    await expect(verifySignatures(dir, [good.theirs, forged.theirs])).rejects.toMatchObject({
      code: 'SIGNATURE_INVALID',
    });
    expect((await verifySignatures(dir, [good.theirs])).signedBy).toEqual([good.theirs.keyId]);
  });
});

describe('A bundle is not taken as signed', () => {
  test('without a signature file', async () => {
    await expect(verifySignatures(await greeter(), [keys().theirs])).rejects.toMatchObject({
      code: 'SIGNATURE_MISSING',
    });
  });

  test('when only unknown keys signed it, and it says which', async () => {
    const dir = await greeter();
    const { mine } = keys();
    await signBundle(dir, mine);
    await expect(verifySignatures(dir, [])).rejects.toMatchObject({
      code: 'SIGNATURE_UNTRUSTED',
      details: { keyIds: [mine.keyId] },
    });
  });

  test.each([
    ['no JSON', 'signed'],
    ['no signature', '{"format": 1, "signatures": []}'],
    ['a later format', '{"format": 2, "signatures": []}'],
    [
      'a short signature',
      `{"format": 1, "signatures": [{"keyId": "${'0'.repeat(64)}", "algorithm": "ed25519", "signature": "AA=="}]}`,
    ],
  ])('when the signature file holds %s', async (_, text) => {
    const dir = await greeter();
    await writeFile(join(dir, SIGNATURE_FILE), text);
    await expect(readSignatures(dir)).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
    await expect(verifySignatures(dir, [keys().theirs])).rejects.toMatchObject({ code: 'SIGNATURE_INVALID' });
  });

  test('without a manifest', async () => {
    const dir = await fixtureBundle(await tempDir(), 'greeter', { sealed: false });
    await expect(verifySignatures(dir, [keys().theirs])).rejects.toMatchObject({ code: 'MANIFEST_MISSING' });
  });
});

test('a bundle whose files differ from its manifest is not signed', async () => {
  const dir = await greeter();
  await writeFile(join(dir, 'stray.js'), '');
  await expect(signBundle(dir, keys().mine)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
  expect(await readSignatures(dir)).toEqual([]);
});

describe('A key', () => {
  test('has one id for both halves', () => {
    const { mine, theirs } = keys();
    expect(mine.keyId).toBe(theirs.keyId);
    expect(mine.keyId).toMatch(/^[0-9a-f]{64}$/);
  });

  test('that is encrypted opens with its passphrase only', () => {
    const pem = generateKeys('correct horse');
    expect(readPrivateKey(pem.privateKey, 'key', 'correct horse').keyId).toBe(pem.keyId);
    expect(() => readPrivateKey(pem.privateKey, 'key', 'wrong')).toThrow(
      expect.objectContaining({ code: 'PASSPHRASE_WRONG' }),
    );
    expect(() => readPrivateKey(pem.privateKey, 'key')).toThrow(expect.objectContaining({ code: 'PASSPHRASE_WRONG' }));
  });

  test('of another kind or shape is refused, and a private key where a public one belongs', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const invalid = expect.objectContaining({ code: 'KEY_INVALID' }) as Error;
    expect(() => readPublicKey(rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'k')).toThrow(invalid);
    expect(() => readPrivateKey('not a key', 'k')).toThrow(invalid);
    expect(() => readPublicKey('not a key', 'k')).toThrow(invalid);
    expect(() => readPublicKey(generateKeys(undefined).privateKey, 'k')).toThrow(invalid);
    expect(() => readPrivateKey(generateKeys(undefined).publicKey, 'k')).toThrow(invalid);
  });
});
