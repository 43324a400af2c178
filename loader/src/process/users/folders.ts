import type { StagedoorError } from '@stagedoor/bundle';
import { realpathSync, statSync } from 'node:fs';
import { chmod, chown, lstat, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { folderWritable, pathClosed } from '../errors';

const OTHERS_READ = 0o004;
const OTHERS_WRITE = 0o002;
const OTHERS_ENTER = 0o001;
const STICKY = 0o1000;
const ALL_OF_OTHERS = 0o077;
/** Others pass through, and cannot see what is there. */
const PASSED_THROUGH = 0o711;

const SHOWN = 0o755;
const SHOWN_TO_GROUP = 0o750;

/** The entries of the state directory that a process passes through on its way to what it may read. */
const PASSED = ['staged', 'foreign', join('foreign', 'staged'), 'run'];

/**
 * Lets the users of plugins into the state directory as far as they have to: to the shelf of links, and through the folders above
 * their own copies and sockets. Everything else there is closed.
 */
export async function openStateDirectoryToUsers(stateDirectory: string): Promise<void> {
  for (const entry of await readdir(stateDirectory, { withFileTypes: true })) {
    const path = join(stateDirectory, entry.name);
    if (!entry.isSymbolicLink()) await chmod(path, (await lstat(path)).mode & 0o7777 & ~ALL_OF_OTHERS);
  }
  for (const name of PASSED) await passThrough(join(stateDirectory, name));
  const shelf = join(stateDirectory, 'node_modules');
  await showFoldersIn(shelf);
  await chmod(shelf, SHOWN);
  await passThrough(stateDirectory);
}

/**
 * Lets a group read a staged copy, or everybody who finds it, where it is for more than one. A copy that is shown already stays as
 * it is: processes read it.
 */
export async function showCopy(dir: string, group: number | 'all'): Promise<void> {
  await passThrough(dirname(dir));
  const { gid, mode } = await lstat(dir);
  const wanted = group === 'all' ? SHOWN : SHOWN_TO_GROUP;
  if ((mode & 0o7777) === wanted && (group === 'all' || gid === group)) return;
  await showFoldersIn(dir);
  if (group !== 'all') {
    // First closed, so that no other group reads it meanwhile.
    await chmod(dir, 0o700);
    await chown(dir, process.geteuid!(), group);
  }
  // Last: a copy whose top is shown is shown as a whole.
  await chmod(dir, wanted);
}

/**
 * What of some files and folders users other than the portal's cannot read, by the permissions of these and of all folders above
 * (PROCESS_USER_UNAVAILABLE); undefined where they can.
 */
export function unreadableFault(paths: readonly string[]): StagedoorError | undefined {
  for (const path of paths.map((each) => realpathSync(each))) {
    for (let at = path; ; at = dirname(at)) {
      const needed = at === path ? OTHERS_READ : OTHERS_ENTER;
      const { mode } = statSync(at);
      if ((mode & needed) === 0) return pathClosed(at, mode, path);
      if (dirname(at) === at) break;
    }
  }
  return undefined;
}

/** As {@link unreadableFault}, of the folders above a path alone. */
export function unreachableFault(path: string): StagedoorError | undefined {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & OTHERS_ENTER) === 0) return pathClosed(at, mode, path);
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Takes from other users what lets them change what the portal goes by: the right to write into some folders, and, in the folder for
 * everybody's temporary files, the right to replace the files of others. Folders that do not exist are left out. Throws
 * PROCESS_USER_UNAVAILABLE where that is not the portal's to do.
 */
export async function closeToWriters(folders: readonly string[], temporary: string): Promise<void> {
  for (const folder of [...folders, temporary]) {
    const info = await stat(folder).catch(() => undefined);
    if (!info || !(info.mode & OTHERS_WRITE)) continue;
    const mode = folder === temporary ? info.mode | STICKY : info.mode & ~OTHERS_WRITE;
    if (mode === info.mode) continue;
    await chmod(folder, mode & 0o7777).catch((cause: Error) => {
      throw folderWritable(folder, folder === temporary ? `chmod +t ${folder}` : `chmod o-w ${folder}`, cause);
    });
  }
}

async function passThrough(dir: string): Promise<void> {
  await chmod(dir, PASSED_THROUGH).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

/** Gives all folders below one the mode that they have where no umask takes bits away. */
async function showFoldersIn(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    await chmod(join(dir, entry.name), SHOWN);
    await showFoldersIn(join(dir, entry.name));
  }
}
