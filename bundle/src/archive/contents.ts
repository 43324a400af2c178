import { isBundlePath } from '../paths';
import { pathUnsafe, archiveTooLarge, occursTwice } from './errors';

/** Bounds on what a bundle may hold. */
export interface ContentLimits {
  /** Sum of all file sizes, bytes. */
  bytes: number;
  /** Number of files and folders. */
  entries: number;
  /** Size of the largest file, bytes; without it, only the sum is bounded. */
  entryBytes?: number;
}

/** Generous for a plugin with a hoisted `node_modules`, small enough for a full disk to be unlikely. */
export const DEFAULT_LIMITS: ContentLimits = { bytes: 512 * 1024 * 1024, entries: 50_000 };

/**
 * What is found in a bundle that nobody vouches for yet, entry by entry: plain names, no two that some file system takes
 * for one, and not too much, what was `taken` before included. `source` is named in errors. Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export class Contents {
  readonly #source: string;
  readonly #limits: ContentLimits;
  readonly #files = new Set<string>();
  /** By the key of their path: distinct names on one file system may be one on another. */
  readonly #folders = new Map<string, string>();
  readonly #entriesBefore: number;
  #bytes: number;

  constructor(source: string, limits: ContentLimits, taken: ContentLimits = { bytes: 0, entries: 0 }) {
    this.#source = source;
    this.#limits = limits;
    this.#bytes = taken.bytes;
    this.#entriesBefore = taken.entries;
  }

  /** Notes a folder and those above it; the same one may come again. */
  addFolder(path: string): void {
    checkPath(path);
    for (let at = path; at !== ''; at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
      const key = keyOf(at);
      const known = this.#folders.get(key);
      if (known === at) return;
      if (known !== undefined || this.#files.has(key)) throw occursTwice(at);
      this.#folders.set(key, at);
      this.#checkLimits();
    }
  }

  /** Notes a file of `size` bytes. */
  addFile(path: string, size: number): void {
    checkPath(path);
    const key = keyOf(path);
    if (this.#files.has(key) || this.#folders.has(key)) throw occursTwice(path);
    this.#files.add(key);
    this.checkSize(path, size);
    const folder = path.lastIndexOf('/');
    if (folder > 0) this.addFolder(path.slice(0, folder));
    this.addBytes(size);
  }

  /** Holds the size of one file against its own limit. */
  checkSize(path: string, size: number): void {
    const { entryBytes } = this.#limits;
    if (entryBytes !== undefined && size > entryBytes) {
      const which = `${JSON.stringify(path.slice(0, 200))} has ${size} bytes, and a file may have ${entryBytes}`;
      throw archiveTooLarge(this.#source, which, 'Raise MAX_ENTRY_SIZE, or leave it unset.');
    }
  }

  /** Counts bytes of a file that was noted before its size was known. */
  addBytes(size: number): void {
    this.#bytes += size;
    this.#checkLimits();
  }

  /** What of the limits was taken so far. */
  get taken(): ContentLimits {
    return { bytes: this.#bytes, entries: this.#entriesBefore + this.#files.size + this.#folders.size };
  }

  #checkLimits(): void {
    const { bytes, entries } = this.taken;
    if (bytes > this.#limits.bytes)
      throw archiveTooLarge(this.#source, `its files exceed ${this.#limits.bytes} bytes in total`);
    if (entries > this.#limits.entries) {
      throw archiveTooLarge(this.#source, `it contains more than ${this.#limits.entries} files and folders`);
    }
  }
}

/** Equal for names that some file system takes for one, where the second would replace the first. */
function keyOf(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function checkPath(path: string): void {
  if (isBundlePath(path)) return;
  throw pathUnsafe(path);
}
