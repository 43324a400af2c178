import { isBundlePath } from '../paths';
import { pathUnsafe, archiveTooLarge, occursTwice } from './errors';

/** Limits of the content of a bundle. */
export interface ContentLimits {
  /** Sum of all file sizes, bytes. */
  bytes: number;
  /** Number of files and folders. */
  entries: number;
  /** Size of the largest file, bytes; without it, only the sum is bounded. */
  entryBytes?: number;
}

/** Enough for a plugin with a hoisted `node_modules`, and unlikely to fill a disk. */
export const DEFAULT_LIMITS: ContentLimits = { bytes: 512 * 1024 * 1024, entries: 50_000 };

/**
 * Validates the entries of an untrusted bundle: plain names, no two that some file system treats as one, and within the
 * limits, including what was `taken` before. `source` is named in errors. Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export class Contents {
  readonly #source: string;
  readonly #limits: ContentLimits;
  readonly #files = new Set<string>();
  /** By normalised path: distinct names may be the same on another file system. */
  readonly #folders = new Map<string, string>();
  readonly #entriesBefore: number;
  #bytes: number;

  constructor(source: string, limits: ContentLimits, taken: ContentLimits = { bytes: 0, entries: 0 }) {
    this.#source = source;
    this.#limits = limits;
    this.#bytes = taken.bytes;
    this.#entriesBefore = taken.entries;
  }

  /** Adds a folder and those above it; duplicates are fine. */
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

  /** Adds a file of `size` bytes. */
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

  /** Checks the size of one file. */
  checkSize(path: string, size: number): void {
    const { entryBytes } = this.#limits;
    if (entryBytes !== undefined && size > entryBytes) {
      const which = `${JSON.stringify(path.slice(0, 200))} has ${size} bytes, and a file may have ${entryBytes}`;
      throw archiveTooLarge(this.#source, which, 'Raise MAX_ENTRY_SIZE, or leave it unset.');
    }
  }

  /** Counts bytes of a file that was added before its size was known. */
  addBytes(size: number): void {
    this.#bytes += size;
    this.#checkLimits();
  }

  /** The used part of the limits. */
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

/** Equal for names that some file system treats as one, where the second would replace the first. */
function keyOf(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function checkPath(path: string): void {
  if (isBundlePath(path)) return;
  throw pathUnsafe(path);
}
