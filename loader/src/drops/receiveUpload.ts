import { isNoRoom } from '@stagedoor/bundle';
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stateUnwritable } from '../stage/errors';
import { uploadIncomplete, MAX_UPLOAD_BYTES, uploadTooLarge } from './errors';

/**
 * Writes the body into a new file in `dir` and returns its path. Leaves nothing behind on failure. Throws UPLOAD_TOO_LARGE,
 * STATE_UNWRITABLE for a full disk, ARCHIVE_INVALID for an incomplete upload.
 */
export async function receiveUpload(body: Readable, dir: string): Promise<string> {
  const file = join(dir, `upload-${randomBytes(8).toString('hex')}.tgz`);
  let bytes = 0;
  const bound = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > MAX_UPLOAD_BYTES) done(uploadTooLarge());
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
    throw uploadIncomplete(cause);
  }
}
