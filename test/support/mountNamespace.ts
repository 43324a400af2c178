import { runProcess, startProcess, type ChildProcess, type ChildProcessOptions } from './childProcess';
import { debianProgram } from './debianProgram';

/**
 * Runs a shell script where it may mount file systems: mounts are seen by nobody else and end with it, and so do the processes that it
 * left running, which would hold its output open. `args` are its positional parameters. Root needs no more for that; others get a
 * user namespace in which they are root.
 */
export async function runWithMounts(script: string, args: string[], options?: ChildProcessOptions) {
  const ends = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  return await runProcess(debianProgram('unshare'), [...ends, ...unshareArgs(script, args)], options);
}

/** As {@link runWithMounts}, without waiting for the end: of the script alone. A script that ends in `exec` gets the signals. */
export function startWithMounts(script: string, args: string[], options?: ChildProcessOptions): ChildProcess {
  return startProcess(debianProgram('unshare'), unshareArgs(script, args), options);
}

function unshareArgs(script: string, args: string[]): string[] {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return [...user, '--mount', 'sh', '-euc', script, 'sh', ...args];
}
