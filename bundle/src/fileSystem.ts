import { createHash } from 'node:crypto';
import { closeSync, constants, createReadStream, fstatSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import {
  chmodSync,
  copyFileSync,
  opendirSync,
  readFileSync,
  readSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, open, opendir, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

type Sooner<T> = T | Promise<T>;

/** An open file. */
export interface OpenFile {
  fd: number;
  stat(): Sooner<Stats>;
  close(): Sooner<void>;
}

/** What copying and hashing a folder asks of the file system. */
export interface FileSystem {
  realpath(path: string): Sooner<string>;
  stat(path: string): Sooner<Stats>;
  lstat(path: string): Sooner<Stats>;
  readdir(path: string): Sooner<Dirent[]>;
  /** What a folder holds, entry by entry where it may hold more names than there is memory for. */
  entries(path: string): Sooner<AsyncIterable<Dirent> | Iterable<Dirent>>;
  open(path: string, flags: number): Sooner<OpenFile>;
  mkdir(path: string, options: { recursive: true; mode: number }): Sooner<unknown>;
  /** Copies a file, as a reflink where the file system can. */
  copy(from: string, to: string): Sooner<void>;
  chmod(path: string, mode: number): Sooner<void>;
  /** Hex sha256 of a file of `size` bytes. */
  sha256(path: string, size: number): Sooner<string>;
}

/** Files up to this size are read at once: a stream costs more than they do. */
const SMALL = 256 * 1024;
const STEP = 1024 * 1024;

/** For a process that has something else to do meanwhile. */
export const waitingFileSystem: FileSystem = {
  ...{ realpath, stat, lstat, open, mkdir, chmod },
  readdir: (path) => readdir(path, { withFileTypes: true }),
  entries: (path) => opendir(path, { bufferSize: 256 }),
  copy: (from, to) => copyFile(from, to, constants.COPYFILE_FICLONE),
  sha256: async (path, size) => {
    const hash = createHash('sha256');
    if (size <= SMALL) return hash.update(await readFile(path)).digest('hex');
    await pipeline(createReadStream(path), hash);
    return hash.digest('hex');
  },
};

/** For a thread of its own, which may stand still: a call that does costs a tenth of one that does not. */
export const blockingFileSystem: FileSystem = {
  realpath: realpathSync.native,
  stat: (path) => statSync(path),
  lstat: (path) => lstatSync(path),
  readdir: (path) => readdirSync(path, { withFileTypes: true }),
  entries: entriesSync,
  open: (path, flags) => {
    const fd = openSync(path, flags);
    return { fd, stat: () => fstatSync(fd), close: () => closeSync(fd) };
  },
  mkdir: mkdirSync,
  copy: (from, to) => copyFileSync(from, to, constants.COPYFILE_FICLONE),
  chmod: chmodSync,
  sha256: (path, size) => {
    const hash = createHash('sha256');
    if (size <= SMALL) return hash.update(readFileSync(path)).digest('hex');
    const fd = openSync(path, 'r');
    try {
      const buffer = Buffer.allocUnsafe(STEP);
      for (let read; (read = readSync(fd, buffer)) > 0;) hash.update(buffer.subarray(0, read));
    } finally {
      closeSync(fd);
    }
    return hash.digest('hex');
  },
};

function* entriesSync(path: string): Iterable<Dirent> {
  const folder = opendirSync(path, { bufferSize: 256 });
  try {
    for (let entry; (entry = folder.readSync()) !== null;) yield entry;
  } finally {
    folder.closeSync();
  }
}
