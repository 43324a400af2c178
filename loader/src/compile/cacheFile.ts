import { replaceFile } from '@stagedoor/bundle';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';

const HASH_BYTES = 32;
const STEP_BYTES = 1 << 20;

/** Writes a code cache behind its sha256, atomically: V8 itself checks only a header. */
export async function writeCache(file: string, data: Buffer): Promise<void> {
  await replaceFile(file, [createHash('sha256').update(data).digest(), data]);
}

/** The code cache in a file; undefined if there is none or it is damaged. Yields to other work while it hashes. */
export async function readCache(file: string): Promise<Buffer | undefined> {
  const content = await readFile(file).catch(() => undefined);
  if (!content || content.length < HASH_BYTES) return undefined;
  const data = content.subarray(HASH_BYTES);
  const hash = createHash('sha256');
  for (let at = 0; at < data.length; at += STEP_BYTES) {
    if (at > 0) await turn();
    hash.update(data.subarray(at, at + STEP_BYTES));
  }
  return hash.digest().equals(content.subarray(0, HASH_BYTES)) ? data : undefined;
}
