import { stat } from 'node:fs/promises';
import { join } from 'node:path';

/** One entry of the root directory: a folder, a link to one, or a `.tgz`. */
export interface Drop {
  /** Name in the root directory. */
  entry: string;
  path: string;
  kind: 'folder' | 'archive';
}

/** The drop at `<root>/<entry>`; undefined where there is none, or nothing that could be a bundle. */
export async function findDrop(root: string, entry: string): Promise<Drop | undefined> {
  const path = join(root, entry);
  const info = await stat(path).catch(() => undefined);
  if (info?.isDirectory()) return { entry, path, kind: 'folder' };
  if (info?.isFile() && isArchiveName(entry)) return { entry, path, kind: 'archive' };
  return undefined;
}

/** True for a folder with a package.json in it. */
export async function isBundleFolder(path: string): Promise<boolean> {
  const info = await stat(join(path, 'package.json')).catch(() => undefined);
  return info?.isFile() ?? false;
}

/** Names under the root directory that may be drops; hidden entries and `lost+found` are not. */
export function isDropName(entry: string): boolean {
  return !entry.startsWith('.') && entry !== 'lost+found';
}

/** True for `x.tgz` and `x.tar.gz`. */
function isArchiveName(entry: string): boolean {
  return /\.(tgz|tar\.gz)$/.test(entry);
}
