import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MANIFEST_FILE, StagedoorError } from '@stagedoor/bundle';
import { cleanUpOnExit } from '../verify/cleanups';

/** A bundle folder under construction: a hidden sibling of the place it goes to. */
export interface Staging {
  dir: string;
  /** Where an archive of the folder is made, in the same folder as the output. */
  archive: string;
  /** Writes a file at a bundle path, folders included. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Removes what was written, to start over. */
  clear(): Promise<void>;
  /** Puts the folder in place of `out`, replacing an older bundle, and the archive, if made, at `archiveTo`. */
  commit(archiveTo?: string): Promise<void>;
  /** Removes what was not committed. */
  discard(): Promise<void>;
}

/** Starts a bundle that will become the folder `out`. Throws OUTPUT_NOT_A_BUNDLE or OUTPUT_UNWRITABLE. */
export async function stageOutput(out: string): Promise<Staging> {
  await refuseForeignFolder(out);
  const dir = join(dirname(out), `.dist-dynamic-${process.pid}-${randomBytes(4).toString('hex')}`);
  const archive = `${dir}.tgz`;
  // The first missing folder above `out`, where there is one, goes with what is in it unless the bundle stays.
  const parent = await writable(out, () => mkdir(dirname(out), { recursive: true }));
  const remains = parent === undefined ? [dir, archive] : [parent];
  const { forget } = cleanUpOnExit(() => {
    for (const path of remains) rmSync(path, { recursive: true, force: true });
  });
  const discard = async (): Promise<void> => {
    for (const path of remains) await rm(path, { recursive: true, force: true });
    forget();
  };
  try {
    await writable(out, () => mkdir(dir));
  } catch (error) {
    await discard();
    throw error;
  }
  return {
    dir,
    archive,
    async write(path, content) {
      const file = join(dir, path);
      await writable(out, async () => {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      });
    },
    async clear() {
      await rm(dir, { recursive: true, force: true });
      await writable(out, () => mkdir(dir));
    },
    async commit(archiveTo) {
      await writable(out, async () => {
        await replaceFolder(dir, out);
        remains.splice(0, remains.length, dir, archive);
        if (archiveTo) await rename(archive, archiveTo);
      });
    },
    discard,
  };
}

/** A folder cannot be renamed onto a filled one: the old one steps aside, and comes back if the new one fails. */
async function replaceFolder(dir: string, out: string): Promise<void> {
  const old = `${dir}-old`;
  const replaces = (await stat(out).catch(() => undefined)) !== undefined;
  if (replaces) await rename(out, old);
  try {
    await rename(dir, out);
  } catch (error) {
    if (replaces) await rename(old, out);
    throw error;
  }
  await rm(old, { recursive: true, force: true });
}

async function refuseForeignFolder(out: string): Promise<void> {
  const info = await stat(out).catch(() => undefined);
  if (!info) return;
  const names = info.isDirectory() ? await readdir(out) : [basename(out)];
  if (names.length > 0 && !names.includes(MANIFEST_FILE)) {
    throw new StagedoorError('OUTPUT_NOT_A_BUNDLE', `${out} is not empty and holds no ${MANIFEST_FILE}.`);
  }
}

async function writable<T>(out: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw new StagedoorError('OUTPUT_UNWRITABLE', `${out}: ${(cause as Error).message}`, { cause });
  }
}
