import { rename, rm } from 'node:fs/promises';

/** Moves a file or folder out of the way in one step. What lies in a lower layer of an overlay cannot be moved, and is removed instead. */
export async function moveAway(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    await rm(from, { recursive: true, force: true });
  }
}
