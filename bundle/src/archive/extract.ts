import { mkdir, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Parser } from 'tar';
import type { StagedoorError } from '../error';
import { isStagedoorError } from '../error';
import { isLitterName, removeLitter } from '../litter';
import { isNoRoom } from '../noRoom';
import { isBundlePath } from '../paths';
import { Contents, DEFAULT_LIMITS, type ContentLimits } from './contents';
import {
  cannotExtractTo,
  archiveUnreadable,
  archiveTruncated,
  dataAfterEnd,
  headerOversized,
  entryUnsafe,
} from './errors';
import { FOLDER_MODE, plainMode } from './plainMode';
import { typeFlagOf } from './typeFlag';
import { unzipBlocks, type Compression } from './unzip';

const CLOSE_TIMEOUT_MS = 2000;

const PLAIN = new Set(['File', 'OldFile', 'ContiguousFile']);

/** What is asked of an entry before it is unpacked. */
interface Entry {
  type: string;
  size: number;
  meta: boolean;
  path: string;
  mode?: number;
  header?: { cksum?: number };
}

/** What decides on each entry: gives the path it is written to, empty to leave it out; throws for one that must not be there. */
type Judge = (path: string, entry: Entry, contents: Contents) => string;

/** An archive, how it is compressed, and what of it is wanted. */
interface Reading {
  file: string;
  compression: Compression;
  limits: ContentLimits;
  /** What the archive is called in errors: its file may be a temporary one. */
  shown: string;
  judge: Judge;
  /** What of the limits other layers took. */
  taken?: ContentLimits | undefined;
  /** Paths that alone are written; all of the archive is judged. */
  only?: readonly string[] | undefined;
}

/**
 * Unpacks a `.tgz` into the existing or new folder `dir`, without the top folder (`package/`, as npm packs it, or `./`).
 * Only plain files and folders with plain relative names are taken, and nothing may follow the end of the archive: tools
 * differ in what they make of that. Litter is left out. Files get the mode 0644 or 0755, whatever the archive says. All of it is read once
 * before the first file is written. Throws ARCHIVE_INVALID, ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE, or OUTPUT_UNWRITABLE for a
 * full disk; `dir` is then removed. With `only`, the files at these paths are all that is written. Errors call the archive
 * `shown`.
 */
export async function extractArchive(
  file: string,
  dir: string,
  {
    limits = DEFAULT_LIMITS,
    only,
    shown = file,
  }: { limits?: ContentLimits; only?: readonly string[]; shown?: string } = {},
): Promise<void> {
  await unpack({ file, compression: 'gzip', limits, only, shown, judge: takeBelowTop }, dir);
  if (!only) await removeLitter(dir);
}

/** An image layer, and the folder of it that is wanted. */
export interface LayerReading {
  file: string;
  compression: Compression;
  /** Relative, `/`-separated; empty for all of the layer. */
  folder: string;
  limits?: ContentLimits;
  /** What the layer is called in errors; by default its file. */
  shown?: string;
  /** What of the limits earlier layers of the image took. */
  taken?: ContentLimits;
  /** Paths below the folder that alone are written; all of the layer is judged. */
  only?: readonly string[];
}

/**
 * Unpacks what lies below one folder of an image layer into `dir`, as {@link extractArchive} does an archive; returns
 * what of the limits it and the earlier layers took. Entries beside the folder are left out, and `.bin` folders, where package managers keep
 * links. A whiteout anywhere in the layer is ARCHIVE_UNSAFE: it would remove what an earlier layer brought.
 */
export async function extractLayer(
  { file, compression, folder, limits = DEFAULT_LIMITS, only, shown = file, taken }: LayerReading,
  dir: string,
): Promise<ContentLimits> {
  return await unpack({ file, compression, limits, only, shown, taken, judge: takeBelow(folder) }, dir);
}

async function unpack(reading: Reading, dir: string): Promise<ContentLimits> {
  // Imported late: most uses of this package have no archive to read.
  const { Parser, Unpack } = await import('tar');
  const { only } = reading;
  try {
    await feed(reading, (filter) => new Parser({ strict: true, filter, onReadEntry: (entry) => entry.resume() }));
    await mkdir(dir, { recursive: true, mode: FOLDER_MODE });
    return await feed(
      reading,
      (filter) =>
        new Unpack({
          cwd: dir,
          strict: true,
          noMtime: true,
          preserveOwner: false,
          dmode: FOLDER_MODE,
          filter: only
            ? (path, entry) => filter(path, entry) && only.includes((entry as unknown as Entry).path)
            : filter,
        }),
    );
  } catch (cause) {
    await rm(dir, { recursive: true, force: true });
    throw asFault(cause, reading.shown, dir);
  }
}

type Filter = (path: string, entry: unknown) => boolean;

/** Feeds an archive to a parser, each entry checked before the parser acts on it; resolves when it has done all. */
async function feed(
  { file, compression, limits, shown, taken, judge }: Reading,
  make: (filter: Filter) => Parser,
): Promise<ContentLimits> {
  const contents = new Contents(shown, limits, taken);
  let fault: unknown;
  let ended = false;
  let current: Buffer = Buffer.alloc(0);
  const judged = new WeakSet<object>();
  const parser = make((path, entry) => {
    judged.add(entry as object);
    try {
      if (fault) return false;
      // What was judged is what is written, whatever else the parser makes of the name.
      const inner = judge(path, entry as Entry, contents);
      Object.assign(entry as Entry, { path: inner, mode: modeOf(entry as Entry) });
      return inner !== '';
    } catch (error) {
      fault = error;
      return false;
    }
  });
  const closed = new Promise<void>((resolve) => parser.once('end', resolve));
  const failed = new Promise<void>((resolve) => {
    parser.on('error', (error: unknown) => {
      fault ??= error;
      resolve();
    });
  });
  parser.on('nullBlock', () => (ended = true));
  parser.on('ignoredEntry', (ignored: unknown) => {
    const entry = ignored as Entry;
    if (entry.meta) fault ??= headerOversized(shown);
    // The parser leaves out entries of types that it does not know, without asking.
    else if (!judged.has(entry)) {
      const type = typeFlagOf(current, entry.header?.cksum);
      fault ??= faultOf(() =>
        judge(entry.path, { ...entry, type: `file of the unknown entry type ${type}` }, contents),
      );
    }
  });
  const failIfFaulty = (): void => {
    if (fault) throw fault;
  };
  try {
    await unzipBlocks({ file, compression, limits, shown }, async (blocks, zero) => {
      if (ended && !zero) throw dataAfterEnd(shown);
      if (ended) return;
      current = blocks;
      // Until all of it is done with, so that memory stays bounded and the end is known when it comes.
      if (!parser.write(blocks)) await Promise.race([failed, new Promise((resolve) => parser.once('drain', resolve))]);
      failIfFaulty();
    });
    if (!ended) throw archiveTruncated(shown);
    parser.end();
    await Promise.race([closed, failed]);
    failIfFaulty();
    return contents.taken;
  } catch (error) {
    // What has begun to be written must be done with before the caller removes it.
    parser.end();
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** Takes all that lies below the top folder, whatever its name; there must be nothing else. */
const takeBelowTop: Judge = (path, entry, contents) => {
  const [top, ...below] = path.replace(/\/$/, '').split('/');
  const inner = below.join('/');
  // What an archiver of macOS puts beside the top folder.
  if (top === '__MACOSX' || (inner === '' && entry.type !== 'Directory' && isLitterName(top!))) return '';
  if (top === '' || top === '..') throw entryUnsafe(path, 'is not a plain relative path.');
  if (inner === '' && entry.type !== 'Directory') {
    checkType(path, entry);
    throw entryUnsafe(path, 'is outside the top folder of the archive.');
  }
  return note(path, inner, entry, contents);
};

/** Takes what lies below one folder; what is beside it must have a plain name too, and is left out. */
function takeBelow(folder: string): Judge {
  const prefix = folder === '' ? '' : `${folder}/`;
  return (path, entry, contents) => {
    const plain = path.replace(/^(\.\/)+|\/$/g, '');
    if (plain === '' || plain === '.') return '';
    if (!isBundlePath(plain)) throw entryUnsafe(path, 'is not a plain relative path.');
    const parts = plain.split('/');
    if (parts.some((part) => part.startsWith('.wh.'))) throw entryUnsafe(path, 'is a whiteout.');
    if (!plain.startsWith(prefix) || parts.includes('.bin')) return '';
    return note(path, plain.slice(prefix.length), entry, contents);
  };
}

/** Holds an entry against what a bundle may be made of, by the path it will have, which it gives back. */
function note(path: string, inner: string, entry: Entry, contents: Contents): string {
  // A manifest lists plain files only: what is removed as litter afterwards need not be one.
  if (!isPlain(entry) && inner.split('/').some(isLitterName)) return '';
  checkType(path, entry);
  if (entry.type !== 'Directory') contents.addFile(inner, entry.size);
  else if (inner !== '') contents.addFolder(inner);
  return inner;
}

function checkType(path: string, entry: Entry): void {
  if (!isPlain(entry)) throw entryUnsafe(path, `is a ${entry.type}.`);
}

function isPlain({ type }: Entry): boolean {
  return PLAIN.has(type) || type === 'Directory';
}

function modeOf({ type, mode = 0 }: Entry): number {
  return type === 'Directory' ? FOLDER_MODE : plainMode(mode);
}

function faultOf(action: () => unknown): unknown {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
}

function asFault(cause: unknown, shown: string, dir: string): StagedoorError {
  if (isStagedoorError(cause)) return cause;
  // What writing fails with, as opposed to reading the archive.
  if (!isNoRoom(cause)) {
    return archiveUnreadable(shown, cause);
  }
  return cannotExtractTo(dir, cause);
}
