import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How {@link replaceFile} writes. */
export interface ReplaceOptions {
  /** Permissions of the file. Default: those of the umask. */
  mode?: number;
  /** Writes through to the disk: the file is whole also when the machine stops. */
  flush?: boolean;
  /**
   * Where the content is written first, on the same file system. Default: beside the file under a name of its own. With a fixed
   * name there is at most one left-over of writers that were killed, but there must be one writer at a time.
   */
  temporary?: string;
  /** Whether a missing folder is made. Default: true. */
  makeFolder?: boolean;
}

/**
 * Writes `data` to `file`, so that a reader sees all of it or what was there before. Rejects
 * with what the file system says; nothing is left behind then.
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

/** The same for callers that cannot wait. */
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
