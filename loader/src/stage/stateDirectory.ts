import { StagedoorError } from '@stagedoor/bundle';
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { stateUnwritable } from './errors';

/**
 * Creates the state directory with access only for the user of the portal, because its content is executed. A directory of
 * another user (a volume) keeps its permissions. Returns its real path. Throws STATE_UNWRITABLE.
 */
export async function openStateDirectory(path: string): Promise<string> {
  return await writingState(path, async () => {
    // A start needs this first, and must not wait for imports that block the process.
    mkdirSync(path, { recursive: true, mode: 0o700 });
    try {
      chmodSync(path, 0o700);
    } catch {
      // A volume.
    }
    return realpathSync.native(path);
  });
}

/**
 * Runs work that writes to the state directory. Throws STATE_UNWRITABLE for file system errors; errors with a code pass
 * unchanged.
 */
export async function writingState<T>(stateDirectory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StagedoorError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw stateUnwritable(stateDirectory, error);
  }
}
