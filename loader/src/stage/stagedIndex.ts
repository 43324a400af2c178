import { isInside, replaceFile, waitingFileSystem, type FileSystem } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { version } from '../../package.json';
import { snapshot } from '../scan/snapshot';
import { describeCopy, readCopy } from './readStaged';
import { indexFile, type Shelves } from './shelf';
import type { StagedBundle } from './stagedBundle';

/** Record of one staged entry of the root directory. */
interface IndexEntry {
  /** The snapshot of the drop that was copied. */
  seen: string;
  dir: string;
  /** The snapshot of the copy right after its check. */
  copy: string;
}

/** Many drops are staged one after the other. */
const WRITE_AFTER_MS = 500;

/**
 * Index from the content of a drop to its staged copy, so that a start does not have to copy everything again. It may be
 * deleted at any time: then drops are staged as if they were new. Copies of another version of the loader are ignored,
 * because it may have been less strict.
 */
export class StagedIndex {
  readonly #shelves: Shelves;
  readonly #entries = new Map<string, IndexEntry>();
  #timer: NodeJS.Timeout | undefined;

  private constructor(shelves: Shelves) {
    this.#shelves = shelves;
  }

  static async open(shelves: Shelves): Promise<StagedIndex> {
    const index = new StagedIndex(shelves);
    const text = await readFile(indexFile(shelves), 'utf8').catch(() => '');
    for (const [entry, known] of entriesIn(text)) index.#entries.set(entry, known);
    return index;
  }

  /** The latest staged snapshot of an entry. */
  seen(entry: string): string | undefined {
    return this.#entries.get(entry)?.seen;
  }

  /** The copy of exactly this content, if it is still intact. */
  async copyOf(entry: string, seen: string): Promise<StagedBundle | undefined> {
    const known = this.#entries.get(entry);
    if (known?.seen !== seen) return undefined;
    const { staged, stagedForeign } = this.#shelves;
    if (![staged, stagedForeign].some((shelf) => isInside(shelf, known.dir))) return undefined;
    const copy = await copySnapshot(known.dir);
    // Files with the same inode and change time still have the checked content.
    if (copy === known.copy) return await describeCopy(known.dir, entry);
    // An unreadable copy is made again.
    const bundle = await readCopy(known.dir, entry).catch(() => undefined);
    if (bundle) this.#set(entry, { ...known, copy });
    return bundle;
  }

  /** Records the copy, just checked, of this content of an entry; `copy` is its snapshot, if known. */
  async note(entry: string, seen: string, dir: string, copy?: string): Promise<void> {
    const known = this.#entries.get(entry);
    if (known?.seen === seen && known.dir === dir) return;
    this.#set(entry, { seen, dir, copy: copy ?? (await copySnapshot(dir)) });
  }

  /** Forgets an entry that is gone. */
  forget(entry: string): void {
    if (this.#entries.delete(entry)) this.#writeSoon();
  }

  /** Writes pending changes atomically. */
  async write(): Promise<void> {
    if (!this.#timer) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const temporary = join(this.#shelves.temporary, randomBytes(8).toString('hex'));
    const text = JSON.stringify({ version, entries: [...this.#entries] });
    await replaceFile(indexFile(this.#shelves), text, { temporary, makeFolder: false }).catch(() => {});
  }

  #set(entry: string, known: IndexEntry): void {
    this.#entries.set(entry, known);
    this.#writeSoon();
  }

  #writeSoon(): void {
    this.#timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
  }
}

/** The snapshot of a staged copy. */
export async function copySnapshot(dir: string, fs: FileSystem = waitingFileSystem): Promise<string> {
  return (await snapshot({ entry: dir, path: dir, kind: 'folder' }, fs)).text;
}

function entriesIn(text: string): Array<[string, IndexEntry]> {
  try {
    const written = JSON.parse(text) as { version?: unknown; entries?: unknown };
    if (written.version !== version || !Array.isArray(written.entries)) return [];
    return (written.entries as Array<[string, IndexEntry]>).filter(([entry, known]) =>
      [entry, known.seen, known.dir, known.copy].every((value) => typeof value === 'string'),
    );
  } catch {
    return [];
  }
}
