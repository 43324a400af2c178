import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MANIFEST_FILE, StagedoorError } from '@stagedoor/bundle';

/** A bundle folder under construction: a hidden sibling of the place it goes to. */
export interface Staging {
  dir: string;
  /** Writes a file at a bundle path, folders included. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /** Where an archive of the folder is made, in the same folder as the output. */
  archive: string;
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
  const tag = `${process.pid}-${randomBytes(4).toString('hex')}`;
  const dir = join(dirname(out), `.dist-dynamic-${tag}`);
  const old = `${dir}-old`;
  const archive = `${dir}.tgz`;
  await writable(out, () => mkdir(dir, { recursive: true }));
  return {
    dir,
    archive,
    async clear() {
      await rm(dir, { recursive: true, force: true });
      await writable(out, () => mkdir(dir));
    },
    async write(path, content) {
      const file = join(dir, path);
      await writable(out, async () => {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      });
    },
    async commit(archiveTo) {
      await writable(out, async () => {
        const replaced = await exists(out);
        if (replaced) await rename(out, old);
        try {
          await rename(dir, out);
        } catch (error) {
          if (replaced) await rename(old, out);
          throw error;
        }
        await rm(old, { recursive: true, force: true });
        if (archiveTo) await rename(archive, archiveTo);
      });
    },
    async discard() {
      await rm(dir, { recursive: true, force: true });
      await rm(archive, { force: true });
    },
  };
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

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
