import { lockFolder, type FolderLock, type LockTimes, type StagedoorError } from '@stagedoor/bundle';
import { join } from 'node:path';
import { stateDirectoryInUse } from './errors';
import { writingState } from './stateDirectory';

/**
 * Takes a state directory for this process: two portals on one would delete each other's staged copies. `onLost` is called once if
 * another process takes it over, which is possible only from another machine. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE.
 */
export async function lockState(
  stateDirectory: string,
  { onLost, times }: { onLost?: (fault: StagedoorError) => void; times?: LockTimes } = {},
): Promise<FolderLock> {
  return await writingState(stateDirectory, () =>
    lockFolder(join(stateDirectory, 'lock'), {
      ...(onLost && { onLost }),
      ...(times && { times }),
      taken: (holder) => stateDirectoryInUse(stateDirectory, holder),
    }),
  );
}
