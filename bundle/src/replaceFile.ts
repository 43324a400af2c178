import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Options of {@link replaceFile}. */
export interface ReplaceOptions {
  /** Permissions of the file. Default: those of the umask. */
  mode?: number;
  /** Flushes to disk: the file is complete even if the machine stops. */
  flush?: boolean;
  /**
   * The path that is written first, on the same file system. Default: a unique name beside the file. With a fixed name,
   * killed writers leave at most one file behind, but there must be one writer at a time.
   */
  temporary?: string;
  /** Whether to create a missing folder. Default: true. */
  makeFolder?: boolean;
}

/**
 * Writes `data` to `file` atomically: readers see either all of it or the previous content. Rejects with the file system
 * error, and leaves nothing behind.
 */
export async function replaceFile(
  file: string,
  data: string | Buffer | Iterable<Buffer>,
  { temporary = besides(file), makeFolder = true, ...options }: ReplaceOptions = {},
): Promise<void> {
  if (makeFolder) await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(temporary, data, options);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** The same, synchronously. */
export function replaceFileSync(
  file: string,
  data: string,
  { temporary = besides(file), makeFolder = true, ...options }: ReplaceOptions = {},
): void {
  if (makeFolder) mkdirSync(dirname(file), { recursive: true });
  try {
    writeFileSync(temporary, data, options);
    renameSync(temporary, file);
  } catch (error) {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What keeps it there is why it could not be written.
    }
    throw error;
  }
}

function besides(file: string): string {
  return `${file}.${randomBytes(4).toString('hex')}`;
}
