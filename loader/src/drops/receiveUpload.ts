import { StagedoorError, isNoRoom } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stateUnwritable } from '../stage/stateDirectory';

/** Largest archive that is taken over HTTP, in bytes. */
export const MAX_UPLOAD_BYTES = 64 * 1024 * 1024;

/**
 * Writes what is sent into a new file in `dir` and returns its path. Nothing stays where this fails. Throws
 * UPLOAD_TOO_LARGE, STATE_UNWRITABLE for a full disk, ARCHIVE_INVALID for an upload that ends early.
 */
export async function receiveUpload(body: Readable, dir: string): Promise<string> {
  const file = join(dir, `upload-${randomBytes(8).toString('hex')}.tgz`);
  let bytes = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MAX_UPLOAD_BYTES) done(tooLarge());
      else done(null, chunk);
    },
  });
  try {
    await pipeline(body, bound, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
    return file;
  } catch (cause) {
    await rm(file, { force: true });
    if (isNoRoom(cause)) throw stateUnwritable(dir, cause);
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw cause;
    throw new StagedoorError('ARCHIVE_INVALID', 'The upload ended early.', { cause });
  }
}

/** What a sender of too much is told. */
export function tooLarge(): StagedoorError {
  return new StagedoorError('UPLOAD_TOO_LARGE', `The upload is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MiB.`);
}
