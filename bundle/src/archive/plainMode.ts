import { constants, createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** The mode of every folder that is written for a bundle. */
export const FOLDER_MODE = 0o755;

/** Set-user-id, set-group-id, sticky. */
const SPECIAL = 0o7000;
const OWNER_EXECUTES = 0o100;

/**
 * The mode that a file of a bundle is written with: 0755 where its owner may execute it, otherwise 0644. Set-id and
 * sticky bits and write permissions of others never come along.
 */
export function plainMode(mode: number): number {
  return mode & OWNER_EXECUTES ? 0o755 : 0o644;
}

/** False where a copy of the system would have bits for a moment that no file of a bundle has. */
export function isPlainMode(mode: number): boolean {
  return (mode & SPECIAL) === 0;
}

/**
 * Copies a file, as a reflink where the file system can, with the {@link plainMode} of `mode`, by default that of the
 * original; `to` is replaced.
 */
export async function copyPlainFile(from: string, to: string, mode?: number): Promise<void> {
  const original = mode ?? (await stat(from)).mode;
  const plain = plainMode(original);
  if (isPlainMode(original)) await copyFile(from, to, constants.COPYFILE_FICLONE);
  else await pipeline(createReadStream(from), createWriteStream(to, { mode: plain }));
  // Always: the original may have got other bits meanwhile.
  await chmod(to, plain);
}
