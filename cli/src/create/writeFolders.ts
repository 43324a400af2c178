import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { outputUnwritable } from '../export/output/exportFaults';
import { targetExists } from './errors';

/** Throws TARGET_NOT_EMPTY if `dir` is a file or holds anything, OUTPUT_UNWRITABLE where that cannot be seen. */
export async function refuseToOverwrite(dir: string): Promise<void> {
  try {
    if ((await readdir(dir)).length === 0) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw outputUnwritable(error as NodeJS.ErrnoException, dir);
  }
  throw targetExists(dir);
}

/** Writes folders (text by path, by folder): all of them, or none. Throws OUTPUT_UNWRITABLE. */
export async function writeFolders(folders: ReadonlyMap<string, ReadonlyMap<string, string>>): Promise<void> {
  const made: string[] = [];
  try {
    for (const [dir, files] of folders) {
      await writeFolder(dir, files);
      made.push(dir);
    }
  } catch (error) {
    for (const dir of made) await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

async function writeFolder(dir: string, files: ReadonlyMap<string, string>): Promise<void> {
  const staging = join(dirname(dir), `.${basename(dir)}-${randomBytes(4).toString('hex')}`);
  try {
    for (const [path, text] of files) {
      await mkdir(dirname(join(staging, path)), { recursive: true });
      await writeFile(join(staging, path), text);
    }
    await rename(staging, dir);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw outputUnwritable(error as NodeJS.ErrnoException, dir);
  }
}
