import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUpOnExit } from './cleanUpOnExit';
import { temporaryUnusable } from './errors';
import { nameFolder } from './knownNames';

/** A folder below the system's temporary one. */
export interface TemporaryFolder {
  /** Absolute path. */
  dir: string;
  /** Removes it; the end of the process, however it comes, does so too. */
  dispose(): Promise<void>;
}

/**
 * Makes a folder in `parent` whose name begins with `stagedoor-<purpose>-`; messages show what is in it by its path in there.
 * Throws OUTPUT_UNWRITABLE.
 */
export async function temporaryFolder(purpose: string, parent = tmpdir()): Promise<TemporaryFolder> {
  const dir = await mkdtemp(join(parent, `stagedoor-${purpose}-`)).catch((cause: Error) => {
    throw temporaryUnusable(cause);
  });
  nameFolder(dir, '');
  const { forget } = cleanUpOnExit(() => rmSync(dir, { recursive: true, force: true }));
  return {
    dir,
    dispose: async () => {
      await rm(dir, { recursive: true, force: true });
      forget();
    },
  };
}
