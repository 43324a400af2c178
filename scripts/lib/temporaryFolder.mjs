import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Failure } from './failure.mjs';

const MEGABYTE = 1024 * 1024;

/** Throws a Failure unless the temporary folder is there, may be written, and has so many megabytes free. */
export function checkTemporaryFolder(megabytes) {
  const dir = tmpdir();
  const hint = `Let TMPDIR name a folder that you may write, with ${megabytes} MB free.`;
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Failure(`The temporary folder ${dir} cannot be used (${error.code}).`, hint);
  }
  const { bavail, bsize } = statfsSync(dir);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  if (free < megabytes) throw new Failure(`The temporary folder ${dir} has only ${free} MB free.`, hint);
}
