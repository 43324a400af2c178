import { DEFAULT_LIMITS, concurrently, waitingFileSystem, type FileSystem } from '@stagedoor/bundle';
import { createHash, type Hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { isBundleFolder, type Drop } from './drop';

/** A drop as seen from outside. */
export interface Snapshot {
  /** Hash over names, sizes and times of all files: two equal ones mean that nothing was written in between. Empty: no drop. */
  text: string;
  /** When anything in it last changed, in milliseconds since the epoch. */
  changedAt: number;
}

const MAX_DEPTH = 64;
const BATCH = 256;

/** What has been seen so far; it is never kept, only hashed. */
interface Look {
  hash: Hash;
  changedAt: number;
  left: number;
  fs: FileSystem;
}

/**
 * Takes a {@link Snapshot}, of one more entry than a bundle may hold: who has more is refused anyway. Nothing is opened. A
 * folder without package.json is no bundle yet, perhaps never one (a link to `/`): only its top is looked at.
 */
export async function snapshot(drop: Drop, fs: FileSystem = waitingFileSystem): Promise<Snapshot> {
  const look: Look = { hash: createHash('sha256'), changedAt: 0, left: DEFAULT_LIMITS.entries + 1, fs };
  const top = await orNothing(() => fs.stat(drop.path));
  if (!top) return { text: '', changedAt: 0 };
  note(look, drop.path, top);
  if (drop.kind === 'folder' && (await isBundleFolder(drop.path, fs))) await visit(drop.path, 0, look);
  return { text: look.hash.digest('hex'), changedAt: look.changedAt };
}

/** Entry by entry, in the order in which the file system gives them: that only changes when something else does. */
async function visit(path: string, depth: number, look: Look): Promise<void> {
  if (depth > MAX_DEPTH) return;
  const { fs } = look;
  const folder = await orNothing(() => fs.entries(path));
  if (!folder) return;
  const folders: string[] = [];
  const batch: string[] = [];
  const noteBatch = async (): Promise<void> => {
    const infos = await concurrently(batch, (name) => orNothing(() => fs.lstat(join(path, name))));
    for (const [index, info] of infos.entries()) {
      if (!info) continue;
      note(look, batch[index]!, info);
      if (info.isDirectory()) folders.push(join(path, batch[index]!));
    }
    batch.length = 0;
  };
  try {
    for await (const { name } of folder) {
      if (look.left-- <= 0) break;
      batch.push(name);
      if (batch.length === BATCH) await noteBatch();
    }
  } catch {
    // Removed while it was read: the next look sees something else.
  }
  await noteBatch();
  for (const below of folders) await visit(below, depth + 1, look);
}

async function orNothing<T>(look: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch {
    return undefined;
  }
}

function note(look: Look, name: string, { size, mtimeMs, ctimeMs, ino }: Stats): void {
  look.hash.update(`${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}\n`);
  look.changedAt = Math.max(look.changedAt, ctimeMs);
}
