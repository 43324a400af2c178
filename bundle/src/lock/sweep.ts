import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { moveAway } from '../moveAway';
import { blockingClaims, claimNumbers, removeClaim } from './claims';

/**
 * Removes, of `names` in the folder of a lock, the claims and folders of earlier holders. What is in their folders is out of their reach
 * when this resolves; the function that it gives resolves when it is gone from the volume. Throws what the file system says.
 */
export async function sweep(
  folder: string,
  names: readonly string[],
  own: { work: string; number: number },
): Promise<() => Promise<unknown>> {
  const removed: Array<Promise<void>> = [];
  for (const name of names) {
    if (!/^(work|gone)-/.test(name) || name === basename(own.work)) continue;
    const gone = join(folder, `gone-${randomBytes(6).toString('hex')}`);
    try {
      await moveAway(join(folder, name), gone);
      removed.push(rm(gone, { recursive: true, force: true }));
    } catch (error) {
      // Its owner has removed it.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  const earlier = claimNumbers(names).filter((number) => number < own.number);
  removed.push(...earlier.map((number) => removeClaim(blockingClaims, folder, number)));
  const gone = Promise.allSettled(removed);
  return () => gone;
}
