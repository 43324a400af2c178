import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Shelves } from './shelf';

/** Removes unused staged copies and everything derived from them, except `keep`. */
export async function collectStaged(shelves: Shelves, keep: ReadonlySet<string>): Promise<void> {
  const kept = new Set([...keep].map((dir) => join(basename(dirname(dir)), basename(dir))));
  for (const shelf of [shelves.staged, shelves.stagedForeign, shelves.compiled]) {
    for (const name of await readdir(shelf).catch(() => [])) {
      const digests = await readdir(join(shelf, name)).catch(() => []);
      for (const digest of digests) {
        const dir = join(shelf, name, digest);
        if (!keep.has(dir) && !(shelf === shelves.compiled && kept.has(join(name, digest))))
          await rm(dir, { recursive: true, force: true });
      }
    }
  }
}
