import { join } from 'node:path';
import { runProcess } from './childProcess';
import { repository } from './repository';

/** The built bin of the packager. */
export const stagedoorBin = join(repository, 'cli/bin/stagedoor.js');

/** Runs `stagedoor export --out <out> <args>` in `cwd`; throws with all its output when it fails. Returns `out`. */
export async function exportBundle(cwd: string, out: string, ...args: string[]): Promise<string> {
  const run = await runProcess(process.execPath, [stagedoorBin, 'export', ...args, '--out', out], { cwd });
  if (run.code !== 0) throw new Error(`stagedoor export ended with ${run.code}\n${run.stdout}\n${run.stderr}`);
  return out;
}
