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

/** The properties of an entry that are checked before it is unpacked. */
interface Entry {
  type: string;
  size: number;
  meta: boolean;
  path: string;
  mode?: number;
  header?: { cksum?: number };
}

/** Decides on each entry: returns the path that it is written to, empty to leave it out; throws for a forbidden one. */
type Judge = (path: string, entry: Entry, contents: Contents) => string;

/** An archive, its compression, and the wanted part of it. */
interface Reading {
  file: string;
  compression: Compression;
  limits: ContentLimits;
  /** Name of the archive in errors: its file may be a temporary one. */
  shown: string;
  judge: Judge;
  /** The part of the limits that other layers used. */
  taken?: ContentLimits | undefined;
  /** Only these paths are written; the whole archive is checked. */
  only?: readonly string[] | undefined;
}

/**
 * Unpacks a `.tgz` into the existing or new folder `dir`, without the top folder (`package/`, as npm packs it, or `./`). Only
 * plain files and folders with plain relative names are accepted, and nothing may follow the end of the archive, because
 * tools interpret that differently. Litter is left out. Files get the mode 0644 or 0755, whatever the archive says. The whole
 * archive is read once before the first file is written. Throws ARCHIVE_INVALID, ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE, or
 * OUTPUT_UNWRITABLE for a full disk; `dir` is then removed. With `only`, only the files at these paths are written. Errors
 * call the archive `shown`.
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
  /** Name of the layer in errors; by default its file. */
  shown?: string;
  /** The part of the limits that earlier layers of the image used. */
  taken?: ContentLimits;
  /** Only these paths below the folder are written; the whole layer is checked. */
  only?: readonly string[];
}

/**
 * Unpacks one folder of an image layer into `dir`, as {@link extractArchive} does an archive; returns the part of the limits
 * that it and the earlier layers used. Entries beside the folder are left out, and so are `.bin` folders, where package
 * managers put links. A whiteout anywhere in the layer is ARCHIVE_UNSAFE: it would remove content of an earlier layer.
 */
export async function extractLayer(
  { file, compression, folder, limits = DEFAULT_LIMITS, only, shown = file, taken }: LayerReading,
  dir: string,
): Promise<ContentLimits> {
  return await unpack({ file, compression, limits, only, shown, taken, judge: takeBelow(folder) }, dir);
}

async function unpack(reading: Reading, dir: string): Promise<ContentLimits> {
  // Imported late: most users of this package read no archives.
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

/** Feeds an archive to a parser, and checks each entry before the parser acts on it; resolves when the parser is done. */
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
      // The checked path is the written one, whatever the parser derives from the name.
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
      // Waits for each block, so that memory stays bounded and the end is recognised when it comes.
      if (!parser.write(blocks)) await Promise.race([failed, new Promise((resolve) => parser.once('drain', resolve))]);
      failIfFaulty();
    });
    if (!ended) throw archiveTruncated(shown);
    parser.end();
    await Promise.race([closed, failed]);
    failIfFaulty();
    return contents.taken;
  } catch (error) {
    // Pending writes must finish before the caller removes the folder.
    parser.end();
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** Accepts everything below the top folder, whatever its name; nothing else may exist. */
const takeBelowTop: Judge = (path, entry, contents) => {
  const [top, ...below] = path.replace(/\/$/, '').split('/');
  const inner = below.join('/');
  // Files that macOS archivers put beside the top folder.
  if (top === '__MACOSX' || (inner === '' && entry.type !== 'Directory' && isLitterName(top!))) return '';
  if (top === '' || top === '..') throw entryUnsafe(path, 'is not a plain relative path.');
  if (inner === '' && entry.type !== 'Directory') {
    checkType(path, entry);
    throw entryUnsafe(path, 'is outside the top folder of the archive.');
  }
  return note(path, inner, entry, contents);
};

/** Accepts entries below one folder; others must have plain names too, and are left out. */
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

/** Checks an entry, and returns its resulting path. */
function note(path: string, inner: string, entry: Entry, contents: Contents): string {
  // A manifest lists plain files only: litter, which is removed afterwards, may be something else.
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
  // Errors of writing, as opposed to reading the archive.
  if (!isNoRoom(cause)) {
    return archiveUnreadable(shown, cause);
  }
  return cannotExtractTo(dir, cause);
}
