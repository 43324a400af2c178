import { lstat, readdir, stat } from 'node:fs/promises';
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

/** A drop as seen from outside. */
export interface Snapshot {
  /** One line per file with size and times: two equal ones mean that nothing was written in between. Empty: no drop. */
  text: string;
  /** When anything in it last changed, in milliseconds since the epoch. */
  changedAt: number;
}

/**
 * Takes a {@link Snapshot}, of at most `limit` files. A folder without package.json is no bundle yet, perhaps never
 * one (a link to `/`): only its top is looked at.
 */
export async function snapshot(drop: Drop, limit = 100_000): Promise<Snapshot> {
  let files = 0;
  let changedAt = 0;
  const deep = drop.kind === 'folder' && (await isBundleFolder(drop.path));
  async function visit(path: string, depth: number): Promise<string[]> {
    const info = await (depth === 0 ? stat(path) : lstat(path)).catch(() => undefined);
    if (!info || ++files > limit || depth > 32) return [];
    changedAt = Math.max(changedAt, info.ctimeMs);
    const line = `${path} ${info.size} ${info.mtimeMs} ${info.ctimeMs} ${info.ino}`;
    if (!info.isDirectory() || !deep) return [line];
    const names = await readdir(path).catch(() => []);
    const below = await Promise.all(names.sort().map((name) => visit(join(path, name), depth + 1)));
    return [line, ...below.flat()];
  }
  const lines = await visit(drop.path, 0);
  return { text: lines.join('\n'), changedAt };
}
