import { isDropName, waitingFileSystem, type FileSystem } from '@stagedoor/bundle';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { entryUnreadable, rootUnreadable } from './errors';
import { waitingLooks, type Looks } from './looks';

/** One entry of the root directory: a folder, a link to one, or a `.tgz`. */
export interface Drop {
  /** Name in the root directory. */
  entry: string;
  path: string;
  kind: 'folder' | 'archive';
}

/** Error codes of a path that does not exist. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/**
 * The drop at `<root>/<entry>`; undefined if there is none, or nothing that could be a bundle. Absence is certain only if the
 * root directory can be read: throws ROOT_UNREADABLE, and DROP_UNREADABLE for an unreadable entry.
 */
export async function findDrop(root: string, entry: string): Promise<Drop | undefined> {
  const path = join(root, entry);
  const info = await stat(path).catch(async (error: NodeJS.ErrnoException) => {
    await checkRoot(root);
    if (ABSENT.has(error.code ?? '')) return undefined;
    throw entryUnreadable(entry, error);
  });
  if (info?.isDirectory()) return { entry, path, kind: 'folder' };
  if (info?.isFile() && isArchiveName(entry)) return { entry, path, kind: 'archive' };
  return undefined;
}

/** The names of all drops present, sorted. Throws ROOT_UNREADABLE. */
export async function listDrops(root: string, looks: Pick<Looks, 'readdir'> = waitingLooks): Promise<string[]> {
  try {
    return (await looks.readdir(root)).filter(isDropName).sort();
  } catch (cause) {
    throw rootUnreadable(root, cause);
  }
}

async function checkRoot(root: string): Promise<void> {
  try {
    await access(root, constants.R_OK | constants.X_OK);
    if ((await stat(root)).isDirectory()) return;
  } catch (cause) {
    throw rootUnreadable(root, cause);
  }
  throw rootUnreadable(root, new Error('it is not a folder'));
}

/** True for a folder with a package.json in it. */
export async function isBundleFolder(path: string, fs: FileSystem = waitingFileSystem): Promise<boolean> {
  try {
    return (await fs.stat(join(path, 'package.json'))).isFile();
  } catch {
    return false;
  }
}

/** True for `x.tgz` and `x.tar.gz`. */
function isArchiveName(entry: string): boolean {
  return /\.(tgz|tar\.gz)$/.test(entry);
}
