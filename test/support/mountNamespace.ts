import { runProcess, type ChildProcessOptions } from './childProcess';

/**
 * Runs a shell script where it may mount file systems: mounts are seen by nobody else and end with it. `args` are its
 * positional parameters. Root needs no more for that; others get a user namespace in which they are root.
 */
export async function runWithMounts(script: string, args: string[], options?: ChildProcessOptions) {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return await runProcess('unshare', [...user, '--mount', 'sh', '-euc', script, 'sh', ...args], options);
}
