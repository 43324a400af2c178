import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from '../../scripts/lib/repository.mjs';

const bin = join(repository, 'cli/bin/stagedoor.js');

/** Runs `stagedoor export <args>` in `cwd` to the folder `out`. */
export async function exportBundle(cwd, out, ...args) {
  await promisify(execFile)(process.execPath, [bin, 'export', ...args, '--out', out], { cwd });
}
