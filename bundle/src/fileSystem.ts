import { createHash } from 'node:crypto';
import { chmodSync, closeSync, constants, copyFileSync, createReadStream, fchmodSync, fstatSync } from 'node:fs';
import { lstatSync, mkdirSync, openSync, opendirSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { realpathSync, statSync, writeSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { lstat, mkdir, open, opendir, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { copyPlainFile, isPlainMode, plainMode } from './archive/plainMode';

type Sooner<T> = T | Promise<T>;

/** An open file. */
export interface OpenFile {
  fd: number;
  stat(): Sooner<Stats>;
  /** Reads into `buffer` at offset `at`, from that position in the file; returns the number of bytes, 0 at the end. */
  read(buffer: Buffer, at: number): Sooner<number>;
  close(): Sooner<void>;
}

/** File system operations for copying and hashing a folder. */
export interface FileSystem {
  realpath(path: string): Sooner<string>;
  stat(path: string): Sooner<Stats>;
  lstat(path: string): Sooner<Stats>;
  readdir(path: string): Sooner<Dirent[]>;
  /** The entries of a folder; one at a time, since there may be more than fit into memory. */
  entries(path: string): Sooner<AsyncIterable<Dirent> | Iterable<Dirent>>;
  open(path: string, flags: number): Sooner<OpenFile>;
  mkdir(path: string, options: { recursive: true; mode: number }): Sooner<unknown>;
  /**
   * Copies an open file, also named by `path`, of the given size and mode, with its {@link plainMode}: as a reflink where the
   * file system supports it. Returns the size and the hex sha256 of the copy.
   */
  copy(
    from: OpenFile,
    path: string,
    to: string,
    opened: { size: number; mode: number },
  ): Sooner<{ size: number; sha256: string }>;
  /** Hex sha256 of a file of `size` bytes. */
  sha256(path: string, size: number): Sooner<string>;
}

/** Files up to this size are read at once: a stream costs more than they do. */
const SMALL = 256 * 1024;
const STEP = 1024 * 1024;

/** For a process with other work. */
export const waitingFileSystem: FileSystem = {
  ...{ realpath, stat, lstat, mkdir },
  readdir: (path) => readdir(path, { withFileTypes: true }),
  entries: (path) => opendir(path, { bufferSize: 256 }),
  open: async (path, flags) => {
    const handle = await open(path, flags);
    return {
      fd: handle.fd,
      stat: () => handle.stat(),
      read: async (buffer, at) => (await handle.read(buffer, 0, buffer.length, at)).bytesRead,
      close: () => handle.close(),
    };
  },
  copy: async (_from, path, to, { mode }) => {
    await copyPlainFile(path, to, mode);
    const { size } = await lstat(to);
    return { size, sha256: await waitingFileSystem.sha256(to, size) };
  },
  sha256: async (path, size) => {
    const hash = createHash('sha256');
    if (size <= SMALL) return hash.update(await readFile(path)).digest('hex');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  },
};

/** For a dedicated thread, which may block: a synchronous call costs a tenth of an asynchronous one. */
export const blockingFileSystem: FileSystem = {
  realpath: realpathSync.native,
  stat: (path) => statSync(path),
  lstat: (path) => lstatSync(path),
  readdir: (path) => readdirSync(path, { withFileTypes: true }),
  entries: entriesSync,
  open: (path, flags) => openFileSync(path, flags),
  mkdir: mkdirSync,
  copy: copySync,
  sha256: (path, size) => {
    if (size <= SMALL) return createHash('sha256').update(readFileSync(path)).digest('hex');
    const file = openFileSync(path, constants.O_RDONLY);
    try {
      return readThrough(file, Infinity).sha256;
    } finally {
      closeSync(file.fd);
    }
  },
};

/** The synchronous calls. */
interface OpenFileSync extends OpenFile {
  read(buffer: Buffer, at: number): number;
}

function openFileSync(path: string, flags: number): OpenFileSync {
  const fd = openSync(path, flags);
  return {
    fd,
    stat: () => fstatSync(fd),
    read: (buffer, at) => readSync(fd, buffer, 0, buffer.length, at),
    close: () => closeSync(fd),
  };
}

/** Undefined until it is known whether the file system supports reflinks. */
let clones: boolean | undefined;

/** Reads a file once: the hashed content is the written one. */
function copySync(
  { fd }: OpenFile,
  path: string,
  to: string,
  { size, mode }: { size: number; mode: number },
): { size: number; sha256: string } {
  const plain = plainMode(mode);
  if (size > SMALL && clones !== false && isPlainMode(mode)) {
    clones = cloned(path, to);
    if (clones) {
      chmodSync(to, plain);
      const clone = lstatSync(to).size;
      return { size: clone, sha256: blockingFileSystem.sha256(to, clone) as string };
    }
  }
  const copy = openSync(to, 'w', plain);
  try {
    const source = { read: (buffer: Buffer, at: number) => readSync(fd, buffer, 0, buffer.length, at) };
    const copied = readThrough(source, size, (part) => {
      for (let at = 0; at < part.length;) at += writeSync(copy, part, at);
    });
    // Independent of the umask.
    fchmodSync(copy, plain);
    return copied;
  } finally {
    closeSync(copy);
  }
}

function cloned(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    // Any other error would occur in a plain copy, too.
    return false;
  }
}

let buffer: Buffer | undefined;

/** Hashes a file of at most `most` bytes, part by part. */
function readThrough(
  file: Pick<OpenFileSync, 'read'>,
  most: number,
  each: (part: Buffer) => void = () => {},
): { size: number; sha256: string } {
  buffer ??= Buffer.allocUnsafeSlow(STEP);
  const hash = createHash('sha256');
  let size = 0;
  while (size < most) {
    const read = file.read(buffer.subarray(0, Math.min(STEP, most - size)), size);
    if (read === 0) break;
    const part = buffer.subarray(0, read);
    hash.update(part);
    each(part);
    size += read;
  }
  return { size, sha256: hash.digest('hex') };
}

function* entriesSync(path: string): Iterable<Dirent> {
  const folder = opendirSync(path, { bufferSize: 256 });
  try {
    for (let entry; (entry = folder.readSync()) !== null;) yield entry;
  } finally {
    folder.closeSync();
  }
}
