import { sign } from 'node:crypto';
import { join } from 'node:path';
import { checkFiles, listFiles } from '../digest';
import { SIGNATURE_FILE } from '../names';
import { replaceFile } from '../replaceFile';
import type { PrivateKey } from './keys';
import { formatSignatures, readSignatures, type BundleSignature } from './signatureFile';
import { readStatement } from './statement';

/**
 * Adds a signature to the bundle folder `dir`, or renews the one of that key; manifest and files stay as they are.
 * The files are checked first: throws DIGEST_MISMATCH, MANIFEST_MISSING, MANIFEST_INVALID, ARCHIVE_UNSAFE, or
 * SIGNATURE_INVALID where a signature file of another shape is in the way. Returns all signatures.
 */
export async function signBundle(dir: string, { key, keyId }: PrivateKey): Promise<BundleSignature[]> {
  const { manifest, bytes } = await readStatement(dir);
  checkFiles(manifest, await listFiles(dir));
  const others = (await readSignatures(dir)).filter((entry) => entry.keyId !== keyId);
  const signature = sign(null, bytes, key).toString('base64');
  const signatures = [...others, { keyId, algorithm: 'ed25519' as const, signature }];
  const file = join(dir, SIGNATURE_FILE);
  await replaceFile(file, formatSignatures(signatures), { makeFolder: false });
  return readSignatures(dir);
}
