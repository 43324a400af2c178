import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Parser } from 'tar';
import { StagedoorError, isStagedoorError } from '../error';
import { Contents, DEFAULT_LIMITS, type ContentLimits } from './contents';
import { unzipBlocks } from './unzip';

/** What writing fails with, as opposed to reading the archive. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EROFS']);

const CLOSE_TIMEOUT_MS = 2000;

const PLAIN = new Set(['File', 'OldFile', 'ContiguousFile']);

/** What is asked of an entry before it is unpacked. */
interface Entry {
  type: string;
  size: number;
  meta: boolean;
}

/**
 * Unpacks a `.tgz` into the existing or new folder `dir`, without the top folder (`package/`, as npm packs it, or `./`).
 * Only plain files and folders with plain relative names are taken, and nothing may follow the end of the archive: tools
 * differ in what they make of that. All of it is read once before the first file is written. Throws ARCHIVE_INVALID,
 * ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE, or OUTPUT_UNWRITABLE for a full disk; `dir` may then be partly filled and the caller
 * removes it.
 */
export async function extractArchive(file: string, dir: string, limits: ContentLimits = DEFAULT_LIMITS): Promise<void> {
  // Imported late: most uses of this package have no archive to read.
  const { Parser, Unpack } = await import('tar');
  try {
    await feed(file, limits, (filter) => new Parser({ strict: true, filter, onReadEntry: (entry) => entry.resume() }));
    await mkdir(dir, { recursive: true });
    await feed(
      file,
      limits,
      (filter) =>
        new Unpack({
          cwd: dir,
          strip: 1,
          strict: true,
          noMtime: true,
          preserveOwner: false,
          fmode: 0o644,
          dmode: 0o755,
          filter,
        }),
    );
  } catch (cause) {
    throw asFault(cause, file, dir);
  }
}

type Filter = (path: string, entry: unknown) => boolean;

/** Feeds an archive to a parser, each entry checked before the parser acts on it; resolves when it has done all. */
async function feed(file: string, limits: ContentLimits, make: (filter: Filter) => Parser): Promise<void> {
  const contents = new Contents(file, limits);
  let fault: unknown;
  let ended = false;
  const parser = make((path, entry) => {
    try {
      if (!fault) checkEntry(path, entry as Entry, contents);
    } catch (error) {
      fault = error;
    }
    return !fault;
  });
  const closed = new Promise<void>((resolve) => parser.once('end', resolve));
  const failed = new Promise<void>((resolve) => {
    parser.on('error', (error: unknown) => {
      fault ??= error;
      resolve();
    });
  });
  parser.on('nullBlock', () => (ended = true));
  parser.on('ignoredEntry', (entry: unknown) => {
    if (!(entry as Entry).meta) return;
    fault ??= new StagedoorError('ARCHIVE_UNSAFE', `${file} holds an oversized extended header.`);
  });
  const failIfFaulty = (): void => {
    if (fault) throw fault;
  };
  try {
    await unzipBlocks(file, limits, async (blocks, zero) => {
      if (ended && !zero) throw new StagedoorError('ARCHIVE_UNSAFE', `${file} goes on after its end.`);
      if (ended) return;
      // Until all of it is done with, so that memory stays bounded and the end is known when it comes.
      if (!parser.write(blocks)) await Promise.race([failed, new Promise((resolve) => parser.once('drain', resolve))]);
      failIfFaulty();
    });
    if (!ended) throw new StagedoorError('ARCHIVE_INVALID', `${file} is cut off: it has no end.`);
    parser.end();
    await Promise.race([closed, failed]);
    failIfFaulty();
  } catch (error) {
    // What has begun to be written must be done with before the caller removes it.
    parser.end();
    await Promise.race([closed, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** Holds an entry against what a bundle may be made of, by the path it will have. */
function checkEntry(path: string, { type, size }: Entry, contents: Contents): void {
  const [top, ...below] = path.replace(/\/$/, '').split('/');
  const inner = below.join('/');
  const title = JSON.stringify(path.slice(0, 200));
  if (!PLAIN.has(type) && type !== 'Directory') throw new StagedoorError('ARCHIVE_UNSAFE', `${title} is a ${type}.`);
  if (top === '' || top === '..') throw new StagedoorError('ARCHIVE_UNSAFE', `${title} is not a plain relative path.`);
  if (type === 'Directory') {
    if (inner !== '') contents.addFolder(inner);
  } else if (inner === '') {
    throw new StagedoorError('ARCHIVE_UNSAFE', `${title} is outside the top folder of the archive.`);
  } else contents.addFile(inner, size);
}

function asFault(cause: unknown, file: string, dir: string): StagedoorError {
  if (isStagedoorError(cause)) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (!NO_ROOM.has(code ?? '')) {
    return new StagedoorError('ARCHIVE_INVALID', `${file} cannot be read: ${message}`, { cause });
  }
  return new StagedoorError('OUTPUT_UNWRITABLE', `${dir}: ${message}`, {
    hint: 'Free space on the disk, or correct the permissions of the folder.',
    cause,
  });
}
