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
/** Others may pass through, but not list. */
const PASSED_THROUGH = 0o711;

const SHOWN = 0o755;
const SHOWN_TO_GROUP = 0o750;

/** The entries of the state directory on the way to readable files. */
const PASSED = ['staged', 'foreign', join('foreign', 'staged'), 'run'];

/**
 * Opens the state directory to the users of plugins as far as needed: the shelf of links, and the folders above their own
 * copies and sockets. Everything else there is closed.
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
 * Lets a group read a staged copy, or everybody if it is for several groups. A copy that is open already stays open, because
 * processes read it.
 */
export async function showCopy(dir: string, group: number | 'all'): Promise<void> {
  await passThrough(dirname(dir));
  const { gid, mode } = await lstat(dir);
  const wanted = group === 'all' ? SHOWN : SHOWN_TO_GROUP;
  if ((mode & 0o7777) === wanted && (group === 'all' || gid === group)) return;
  await showFoldersIn(dir);
  if (group !== 'all') {
    // Closed first, so that no other group can read it meanwhile.
    await chmod(dir, 0o700);
    await chown(dir, process.geteuid!(), group);
  }
  // Opened last: a copy is visible only when all of it is readable.
  await chmod(dir, wanted);
}

/**
 * The first of some paths that other users cannot read because of its permissions or those of a folder above
 * (PROCESS_USER_UNAVAILABLE); undefined if all are readable.
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

/** As {@link unreadableFault}, for the folders above a path only. */
export function unreachableFault(path: string): StagedoorError | undefined {
  for (let at = dirname(path); ; at = dirname(at)) {
    const { mode } = statSync(at);
    if ((mode & OTHERS_ENTER) === 0) return pathClosed(at, mode, path);
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Removes permissions that let other users tamper with the portal: to write into some folders and, in the folder for
 * temporary files, to replace the files of others. Folders that do not exist are skipped. Throws PROCESS_USER_UNAVAILABLE if
 * the portal may not change them.
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

/** Gives all folders below one the mode that they would have without a umask. */
async function showFoldersIn(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    await chmod(join(dir, entry.name), SHOWN);
    await showFoldersIn(join(dir, entry.name));
  }
}
