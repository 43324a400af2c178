import { DEFAULT_LIMITS, concurrently, waitingFileSystem, type FileSystem } from '@stagedoor/bundle';
import { createHash, type Hash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { isBundleFolder, type Drop } from './drop';

/** State of a drop, from file metadata. */
export interface Snapshot {
  /** Hash over names, sizes and times of all files: equal hashes mean that nothing was written in between. Empty: no drop. */
  text: string;
  /** When anything in it last changed, in milliseconds since the epoch. */
  changedAt: number;
}

const MAX_DEPTH = 64;
const BATCH = 256;

/** Accumulates entries; they are hashed and not kept. */
interface Look {
  hash: Hash;
  changedAt: number;
  left: number;
  fs: FileSystem;
}

/**
 * Takes a {@link Snapshot} of at most one more entry than a bundle may contain, since larger ones are rejected. Opens no
 * file. A folder without package.json is not a bundle yet, and perhaps never (a link to `/`): only its top level is read.
 */
export async function snapshot(drop: Drop, fs: FileSystem = waitingFileSystem): Promise<Snapshot> {
  const look: Look = { hash: createHash('sha256'), changedAt: 0, left: DEFAULT_LIMITS.entries + 1, fs };
  const top = await orNothing(() => fs.stat(drop.path));
  if (!top) return { text: '', changedAt: 0 };
  note(look, drop.path, top);
  if (drop.kind === 'folder' && (await isBundleFolder(drop.path, fs))) await visit(drop.path, 0, look);
  return { text: look.hash.digest('hex'), changedAt: look.changedAt };
}

/** In directory order, which changes only when something else does. */
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
