import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { type ContentLimits } from './contents';
import { blockTruncated, archiveNotAFile, zstdUnsupported, archiveTooLarge } from './errors';

const BLOCK = 512;
const ZEROS = Buffer.alloc(BLOCK);
const CHUNK = 64 * 1024;

/** The overhead of a tar for each entry: header, padding, and sometimes a long name. */
const PER_ENTRY = 4 * BLOCK;

/** Text rarely compresses to less than a twentieth; from this size on, less than a two-hundredth is an attack. */
const MAX_RATIO = 200;
const RATIO_FROM = 16 * 1024 * 1024;

/** How a tar is compressed. */
export type Compression = 'gzip' | 'zstd' | 'none';

/** Exists in Node.js 22.15, 23.8 and later; the types of the oldest supported version lack it. */
const { createZstdDecompress } = zlib as { createZstdDecompress?: (options: { chunkSize: number }) => Transform };

/** Whether this Node.js can read a compression. */
export function canRead(compression: Compression): boolean {
  return compression !== 'zstd' || createZstdDecompress !== undefined;
}

function decompress(compression: Compression): Transform {
  if (compression === 'none') return new PassThrough();
  if (compression === 'gzip') return zlib.createGunzip({ chunkSize: CHUNK });
  if (!createZstdDecompress) throw zstdUnsupported();
  return createZstdDecompress({ chunkSize: CHUNK });
}

/** A file that is read as a tar. */
export interface Zipped {
  file: string;
  compression: Compression;
  limits: ContentLimits;
  /** Its name in errors. */
  shown: string;
}

/**
 * Decompresses a file and passes its 512-byte blocks to `take`: runs of them, and each block of zeros by itself, so that the
 * end of an archive is never in the middle of a run. `take` may delay the reading. A FIFO without a writer does not block.
 * Throws ARCHIVE_TOO_LARGE, and ARCHIVE_INVALID for anything but a plain file; errors of reading and decompressing pass
 * unchanged.
 */
export async function unzipBlocks(
  { file, compression, limits, shown }: Zipped,
  take: (blocks: Buffer, zero: boolean) => Promise<void>,
): Promise<void> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw archiveNotAFile(shown);
    const most = limits.bytes + limits.entries * PER_ENTRY;
    const source = handle.createReadStream({ autoClose: false });
    const unzip = decompress(compression);
    let fault: unknown;
    await pipeline(source, unzip, async (chunks: AsyncIterable<Buffer>) => {
      const check = (total: number): void => {
        if (total > most) {
          throw archiveTooLarge(
            shown,
            `it unpacks to more than ${most} bytes (${limits.bytes} for files, the rest for their headers)`,
          );
        }
        if (total > RATIO_FROM && total > info.size * MAX_RATIO) {
          throw archiveTooLarge(shown, `it unpacks to more than ${MAX_RATIO} times its ${info.size} bytes`);
        }
      };
      await takeChunks(chunks, check, take).catch((error: unknown) => {
        fault = error;
        throw error;
      });
    }).catch((error: unknown) => {
      // The pipeline may report only that it was aborted.
      throw fault ?? error;
    });
  } finally {
    await handle.close();
  }
}

async function takeChunks(
  chunks: AsyncIterable<Buffer>,
  check: (total: number) => void,
  take: (blocks: Buffer, zero: boolean) => Promise<void>,
): Promise<void> {
  let total = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    total += chunk.length;
    check(total);
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const whole = data.length - (data.length % BLOCK);
    await takeRuns(data.subarray(0, whole), take);
    rest = data.subarray(whole);
  }
  if (rest.length > 0) throw blockTruncated();
}

async function takeRuns(data: Buffer, take: (blocks: Buffer, zero: boolean) => Promise<void>): Promise<void> {
  let from = 0;
  for (let at = 0; at < data.length; at += BLOCK) {
    if (data.compare(ZEROS, 0, BLOCK, at, at + BLOCK) !== 0) continue;
    if (at > from) await take(data.subarray(from, at), false);
    await take(data.subarray(at, at + BLOCK), true);
    from = at + BLOCK;
  }
  if (from < data.length) await take(data.subarray(from), false);
}
