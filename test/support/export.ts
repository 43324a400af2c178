import { runStagedoor } from './commandLine';

/** Runs `stagedoor export --out <out> <args>` in `cwd`; throws with all its output when it fails. Returns `out`. */
export async function exportBundle(cwd: string, out: string, ...args: string[]): Promise<string> {
  const run = await runStagedoor(['export', ...args, '--out', out], { cwd });
  if (run.code !== 0) throw new Error(`stagedoor export ended with ${run.code}\n${run.stdout}\n${run.stderr}`);
  return out;
}
