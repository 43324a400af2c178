import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cleanUpOnExit } from '../../temporary/cleanUpOnExit';
import { nameFolder } from '../../temporary/knownNames';
import { outputUnwritable } from './exportFaults';
import { outputTarget } from './outputTarget';
import { swapOutput } from './swapOutput';

/** A bundle folder under construction, hidden beside or in the folder it becomes. */
export interface Staging {
  dir: string;
  /** Where an archive of the folder is made, beside the output. */
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

/** Starts the bundle of a plugin that will become the folder `out`. Throws OUTPUT_NOT_A_BUNDLE or OUTPUT_UNWRITABLE. */
export async function stageOutput(out: string, plugin: { dir: string; name: string }): Promise<Staging> {
  const target = await outputTarget(out, plugin);
  const hidden = `.dist-dynamic-${process.pid}-${randomBytes(4).toString('hex')}`;
  const dir = join(target.fixed ? target.dir : dirname(target.dir), hidden);
  nameFolder(dir, out);
  const archive = join(dirname(out), `${hidden}.tgz`);
  // The first missing folder above `out`, where there is one, goes with what is in it unless the bundle stays.
  const parent = await writable(out, () => mkdir(dirname(target.dir), { recursive: true }));
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
        await swapOutput(dir, target);
        remains.splice(0, remains.length, dir, archive);
        if (archiveTo) await rename(archive, archiveTo);
      });
    },
    discard,
  };
}

async function writable<T>(out: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw outputUnwritable(cause as NodeJS.ErrnoException, out);
  }
}
