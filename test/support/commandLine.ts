import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ChildProcessOptions } from './childProcess';
import { repository } from './repository';

/** The built bin of the packager. */
export const stagedoorBin = join(repository, 'cli/bin/stagedoor.js');

/** What a run of the command line gave. */
export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

let host: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs the built `stagedoor` with `args` to its end. One process runs all commands of a test file, one after the other:
 * a process for each would take most of the time. It starts each in its own folder and environment.
 */
export async function runStagedoor(
  args: readonly string[],
  { cwd = process.cwd(), env = {} }: Pick<ChildProcessOptions, 'cwd' | 'env'> = {},
): Promise<Run> {
  // As for a process of its own: see startProcess.
  const environment = { ...process.env, NODE_ENV: undefined, FORCE_COLOR: undefined, ...env };
  const run = last.then(() => ask({ args, cwd, env: environment }));
  last = run.catch(() => {});
  return await run;
}

function ask(command: object): Promise<Run> {
  const child = (host ??= fork(join(import.meta.dirname, 'commandLineHost.cjs'), { stdio: ['ignore', 1, 2, 'ipc'] }));
  return new Promise((resolve, reject) => {
    const settled = (run: Run): void => {
      child.off('exit', ended);
      resolve(run);
    };
    const ended = (code: number | null, signal: string | null): void => {
      host = undefined;
      child.off('message', settled);
      reject(new Error(`The process of the command line ended with ${code ?? signal}`));
    };
    child.once('message', settled);
    child.once('exit', ended);
    child.send(command);
  });
}
