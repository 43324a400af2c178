import { StagedoorError } from '@stagedoor/bundle';
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { stateUnwritable } from './errors';

/**
 * Makes the state directory, for nobody but the user of the portal: what lies in it is run. One that belongs to another user
 * (a volume) keeps the permissions that it has. Returns its real path. Throws STATE_UNWRITABLE.
 */
export async function openStateDirectory(path: string): Promise<string> {
  return await writingState(path, async () => {
    // A start needs this first: it must not wait for imports that keep the process busy.
    mkdirSync(path, { recursive: true, mode: 0o700 });
    try {
      chmodSync(path, 0o700);
    } catch {
      // A volume.
    }
    return realpathSync.native(path);
  });
}

/** Does what writes to the state directory. Throws STATE_UNWRITABLE for what the file system says; coded errors come as they are. */
export async function writingState<T>(stateDirectory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StagedoorError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw stateUnwritable(stateDirectory, error);
  }
}
