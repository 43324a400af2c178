import { readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  generateKeys,
  isEncryptedKey,
  readPrivateKey,
  readPublicKey,
  type PrivateKey,
  type PublicKey,
} from '@stagedoor/bundle';
import { keyUnwritable, keyExists, keyFileUnreadable } from './errors';
import { readPassphrase, type PassphraseSource } from './passphrase';

/** A key pair that was written. */
export interface WrittenKeys {
  keyId: string;
  /** Absolute paths. */
  privateKey: string;
  publicKey: string;
  encrypted: boolean;
}

/** How {@link writeKeyPair} writes. */
export interface KeyPairOptions extends PassphraseSource {
  /** Path; a final `.pem` does not count: the files are `<out>.pem` and `<out>.pub.pem`. */
  out: string;
  /** Leave the private key as it is. */
  unencrypted: boolean;
}

/**
 * Makes an Ed25519 pair: a private key that only its owner can read, and the public key for those who verify.
 * Throws KEY_EXISTS, OUTPUT_UNWRITABLE, PASSPHRASE_MISSING, PASSPHRASE_WRONG.
 */
export async function writeKeyPair({ out, unencrypted, ...source }: KeyPairOptions): Promise<WrittenKeys> {
  const path = resolve(source.cwd, out.replace(/\.pem$/, ''));
  const privateKey = `${path}.pem`;
  const publicKey = `${path}.pub.pem`;
  const taken = [privateKey, publicKey].find((file) => existsSync(file));
  if (taken !== undefined) throw keyExists(taken);
  const keys = generateKeys(unencrypted ? undefined : await readPassphrase(source, privateKey, true));
  await writeNew(privateKey, keys.privateKey, 0o600);
  try {
    await writeNew(publicKey, keys.publicKey, 0o644);
  } catch (error) {
    await rm(privateKey, { force: true });
    throw error;
  }
  return { keyId: keys.keyId, privateKey, publicKey, encrypted: !unencrypted };
}

/** Opens the private key in `file`. Throws KEY_INVALID, PASSPHRASE_MISSING, PASSPHRASE_WRONG. */
export async function openPrivateKey(file: string, source: PassphraseSource): Promise<PrivateKey> {
  const path = resolve(source.cwd, file);
  const pem = await readKey(path);
  const passphrase = isEncryptedKey(pem) ? await readPassphrase(source, path, false) : undefined;
  return readPrivateKey(pem, path, passphrase);
}

/** Reads public keys. Throws KEY_INVALID. */
export async function openPublicKeys(files: readonly string[], cwd: string): Promise<PublicKey[]> {
  const paths = files.map((file) => resolve(cwd, file));
  return Promise.all(paths.map(async (path) => readPublicKey(await readKey(path), path)));
}

async function readKey(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: Error) => {
    throw keyFileUnreadable(cause);
  });
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') {
      throw keyExists(file, cause);
    }
    throw keyUnwritable(file, cause);
  }
}
