import { Transform } from 'node:stream';
import { StagedoorError } from '@stagedoor/bundle';

/** Passes bytes on and tells how many came so far; more than `limit` are ARCHIVE_TOO_LARGE. */
export function countBytes(shown: string, limit: number, onBytes?: (done: number) => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      onBytes?.(bytes);
      if (bytes <= limit) done(null, chunk);
      else done(new StagedoorError('ARCHIVE_TOO_LARGE', `${shown} is larger than ${limit} bytes.`));
    },
  });
}
