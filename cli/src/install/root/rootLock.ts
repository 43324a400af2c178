import { lockFolder, type FolderLock, type LockOptions } from '@stagedoor/bundle';
import { installInProgress, lockLost } from '../errors';

/** How long an install waits for another one. */
const PATIENCE_MS = 10 * 60_000;

/** How {@link lockRoot} waits; `patienceMs` is ten minutes by default. */
type RootLockOptions = Omit<LockOptions, 'taken' | 'onLost'>;

/**
 * Waits until no other install works on a root directory, and keeps others waiting until `release`. Throws INSTALL_IN_PROGRESS if the
 * other one takes too long, what the file system says, and the reason of `signal`. The lock's `assertHeld` throws INSTALL_LOCK_LOST.
 */
export async function lockRoot(
  folder: string,
  { patienceMs = PATIENCE_MS, ...options }: RootLockOptions,
): Promise<FolderLock> {
  return await lockFolder(folder, {
    ...options,
    patienceMs,
    taken: (holder, reason) => {
      const who = holder ? `Process ${holder.pid} on ${holder.host}` : 'Another install';
      return reason === 'lost' ? lockLost(who, folder) : installInProgress(who, folder, patienceMs / 1000);
    },
  });
}
