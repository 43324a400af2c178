import { mkdtempSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.mjs';

const MEGABYTE = 1024 * 1024;

/** Throws a Failure unless there is a temporary folder that can be written, with so many megabytes free. */
export function checkTemporaryFolder(megabytes) {
  const dir = tmpdir();
  const hint = `Set TMPDIR to a folder that is there, can be written, and has ${megabytes} MB free.`;
  try {
    rmdirSync(mkdtempSync(join(dir, 'stagedoor-')));
  } catch (error) {
    throw new Failure(`The temporary folder cannot be used: ${error.message}`, hint);
  }
  const { bavail, bsize } = statfsSync(dir);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  if (free < megabytes) throw new Failure(`The temporary folder ${dir} has only ${free} MB free.`, hint);
}
