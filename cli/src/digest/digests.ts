import { createHash, getHashes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** `algorithm:hex`, as the image specification has it. */
const DIGEST = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([0-9a-f]+)$/;
/** Shorter ones, such as MD5 and SHA-1, are not collision-resistant. */
const MIN_BYTES = 32;

/** True for a digest that can be checked: of any algorithm that Node has with 256 bits or more, written in full. */
export function isDigest(text: string): boolean {
  const [, algorithm = '', hex = ''] = DIGEST.exec(text) ?? [];
  if (!getHashes().includes(algorithm)) return false;
  const bytes = createHash(algorithm).digest().length;
  return bytes >= MIN_BYTES && hex.length === 2 * bytes;
}

/** The algorithm of a digest. */
export function algorithmOf(digest: string): string {
  return digest.slice(0, digest.indexOf(':'));
}

/** The digest of bytes in memory. */
export function digestOfBytes(bytes: Uint8Array | string, algorithm = 'sha256'): string {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest('hex')}`;
}

/** The digest of a file. Rejects as the file system does. */
export async function digestOfFile(file: string, algorithm = 'sha256'): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return `${algorithm}:${hash.digest('hex')}`;
}
