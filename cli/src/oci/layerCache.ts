import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { algorithmOf, digestOfFile } from '../digest/digests';
import type { Descriptor } from './schemas';

/** How large a cache may grow, unless told otherwise. */
const MOST_BYTES = 2 * 1024 * 1024 * 1024;
/** Layers, and what is left of copies that were not finished. */
const OWN = /^([a-z0-9+._-]+-)?[0-9a-f]{64,}(\.[0-9a-f]{12})?$/;

/**
 * A cache of layers in a folder that many runs and pods may share: each is a file named after its digest. Its content is not
 * trusted, because each layer is checked against its digest when it is read, and it is optional: without access there is no
 * cache. Above `mostBytes`, the least recently used layers are removed.
 */
export class LayerCache {
  readonly #dir: string;
  readonly #mostBytes: number;

  constructor(dir: string, mostBytes = MOST_BYTES) {
    this.#dir = dir;
    this.#mostBytes = mostBytes;
  }

  /** Copies a layer to the new file `file`; false, and no file, where the cache has none that is whole. */
  async copyTo({ digest, size }: Descriptor, file: string): Promise<boolean> {
    const cached = this.#place(digest);
    try {
      // A pipe or device that another put there would never end.
      if (!(await lstat(cached)).isFile()) return false;
      // A copy: others who may write the cache cannot change it after it was checked.
      await copyFile(cached, file, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      if ((await stat(file)).size === size && (await digestOfFile(file, algorithmOf(digest))) === digest) {
        const now = new Date();
        await utimes(cached, now, now).catch(() => undefined);
        return true;
      }
      await rm(cached, { force: true });
    } catch {
      // Not there, or not to be read.
    }
    await rm(file, { force: true });
    return false;
  }

  /** Takes a copy of a layer whose digest was checked. */
  async add({ digest, size }: Descriptor, file: string): Promise<void> {
    if (size > this.#mostBytes) return;
    const place = this.#place(digest);
    const own = `${place}.${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      await copyFile(file, own, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await rename(own, place);
      await this.#prune();
    } catch {
      await rm(own, { force: true }).catch(() => undefined);
    }
  }

  async #prune(): Promise<void> {
    const files: Array<{ path: string } & Pick<Stats, 'size' | 'mtimeMs'>> = [];
    // The user chose the folder: other files in it must stay.
    for (const name of (await readdir(this.#dir)).filter((entry) => OWN.test(entry))) {
      const path = join(this.#dir, name);
      const info = await lstat(path).catch(() => undefined);
      if (info?.isFile()) files.push({ path, size: info.size, mtimeMs: info.mtimeMs });
    }
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (bytes <= this.#mostBytes) return;
      await rm(path, { force: true });
      bytes -= size;
    }
  }

  /** Digests in manifests that were read have this form, and lead nowhere else. */
  #place(digest: string): string {
    return join(this.#dir, digest.replace('sha256:', '').replace(':', '-'));
  }
}
