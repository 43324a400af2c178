import { constants, createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** The mode of every folder that is written for a bundle. */
export const FOLDER_MODE = 0o755;

/** Set-user-id, set-group-id, sticky. */
const SPECIAL = 0o7000;
const OWNER_EXECUTES = 0o100;

/**
 * The mode of a file in a bundle: 0755 if its owner may execute it, otherwise 0644. Set-id and sticky bits and write
 * permissions for others are dropped.
 */
export function plainMode(mode: number): number {
  return mode & OWNER_EXECUTES ? 0o755 : 0o644;
}

/** False if a copy by the system would temporarily have bits that no file of a bundle has. */
export function isPlainMode(mode: number): boolean {
  return (mode & SPECIAL) === 0;
}

/**
 * Copies a file, as a reflink where the file system supports it, with the {@link plainMode} of `mode`, by default that of the
 * original; replaces `to`.
 */
export async function copyPlainFile(from: string, to: string, mode?: number): Promise<void> {
  const original = mode ?? (await stat(from)).mode;
  const plain = plainMode(original);
  if (isPlainMode(original)) await copyFile(from, to, constants.COPYFILE_FICLONE);
  else await pipeline(createReadStream(from), createWriteStream(to, { mode: plain }));
  // Always, because the mode of the original may have changed meanwhile.
  await chmod(to, plain);
}
