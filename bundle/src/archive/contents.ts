import { StagedoorError } from '../error';
import { isBundlePath } from '../paths';

/** Bounds on what a bundle may hold. */
export interface ContentLimits {
  /** Sum of all file sizes, bytes. */
  bytes: number;
  /** Number of files and folders. */
  entries: number;
}

/** Generous for a plugin with a hoisted `node_modules`, small enough for a full disk to be unlikely. */
export const DEFAULT_LIMITS: ContentLimits = { bytes: 512 * 1024 * 1024, entries: 50_000 };

/**
 * What is found in a bundle that nobody vouches for yet, entry by entry: plain names, no two that some file system takes
 * for one, and not too much. `source` is named in errors. Throws ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE.
 */
export class Contents {
  readonly #source: string;
  readonly #limits: ContentLimits;
  readonly #files = new Set<string>();
  readonly #folders = new Set<string>();
  #bytes = 0;

  constructor(source: string, limits: ContentLimits) {
    this.#source = source;
    this.#limits = limits;
  }

  /** Notes a folder and those above it; the same one may come again. */
  addFolder(path: string): void {
    checkPath(path);
    for (let at = path; at !== '' && !this.#folders.has(at); at = at.slice(0, Math.max(at.lastIndexOf('/'), 0))) {
      this.#folders.add(at);
      this.#checkLimits();
    }
  }

  /** Notes a file of `size` bytes. */
  addFile(path: string, size: number): void {
    checkPath(path);
    // Distinct names on one file system may be one on another, where the second would replace the first.
    const key = path.normalize('NFC').toLowerCase();
    if (this.#files.has(key)) {
      throw new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(path)} occurs twice, perhaps in another case.`);
    }
    this.#files.add(key);
    const folder = path.lastIndexOf('/');
    if (folder > 0) this.addFolder(path.slice(0, folder));
    this.addBytes(size);
  }

  /** Counts bytes of a file that was noted before its size was known. */
  addBytes(size: number): void {
    this.#bytes += size;
    this.#checkLimits();
  }

  /** What of the limits was taken so far. */
  get taken(): ContentLimits {
    return { bytes: this.#bytes, entries: this.#files.size + this.#folders.size };
  }

  #checkLimits(): void {
    const { bytes, entries } = this.taken;
    if (bytes > this.#limits.bytes || entries > this.#limits.entries) throw tooLarge(this.#source, this.#limits);
  }
}

/** The refusal of what exceeds the limits. */
export function tooLarge(source: string, { bytes, entries }: ContentLimits): StagedoorError {
  return new StagedoorError('ARCHIVE_TOO_LARGE', `${source} holds more than ${bytes} bytes or ${entries} entries.`);
}

function checkPath(path: string): void {
  if (isBundlePath(path)) return;
  throw new StagedoorError('ARCHIVE_UNSAFE', `${JSON.stringify(path.slice(0, 200))} is not a plain relative path.`);
}

/** The permissions that a file of a bundle is written with: those to run it stay, and no other of where it came from. */
export function plainMode(mode: number | undefined): number {
  return ((mode ?? 0) & 0o111) === 0 ? 0o644 : 0o755;
}
