import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from './failure.mjs';

/** Throws a Failure unless there is a temporary folder that can be written. */
export function checkTemporaryFolder() {
  try {
    rmdirSync(mkdtempSync(join(tmpdir(), 'stagedoor-')));
  } catch (error) {
    throw new Failure(
      `The temporary folder cannot be used: ${error.message}`,
      'Set TMPDIR to a folder that is there, can be written, and has room.',
    );
  }
}
