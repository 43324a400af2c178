import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProcess, type ChildProcessOptions } from './childProcess';
import { tempDir } from './tempDir';

/** Runs a Node.js program to its end and gives its peak memory as well, in bytes. */
export async function runMeasured(
  args: string[],
  { cwd, env = {} }: Pick<ChildProcessOptions, 'cwd' | 'env'>,
): Promise<Awaited<ReturnType<typeof runProcess>> & { peakBytes: number }> {
  const file = join(await tempDir(), 'peak');
  const hook = join(import.meta.dirname, 'peakMemory.cjs');
  const run = await runProcess(process.execPath, ['--require', hook, ...args], {
    ...(cwd !== undefined && { cwd }),
    env: { ...env, PEAK_MEMORY_FILE: file },
  });
  return { ...run, peakBytes: Number(await readFile(file, 'utf8')) };
}
