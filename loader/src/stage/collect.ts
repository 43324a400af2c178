import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Shelves } from './shelf';

/** Removes staged copies that nothing needs any more: all but `keep`. */
export async function collectStaged(shelves: Shelves, keep: ReadonlySet<string>): Promise<void> {
  for (const shelf of [shelves.staged, shelves.stagedForeign]) {
    for (const name of await readdir(shelf).catch(() => [])) {
      const digests = await readdir(join(shelf, name)).catch(() => []);
      for (const digest of digests) {
        const dir = join(shelf, name, digest);
        if (!keep.has(dir)) await rm(dir, { recursive: true, force: true });
      }
    }
  }
}
