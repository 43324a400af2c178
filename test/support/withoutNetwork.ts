import { runProcess, type ChildProcessOptions } from './childProcess';
import { debianProgram } from './debianProgram';

/** Runs a Node.js program where there is no network at all, not even loopback. Root needs no more for that than itself. */
export async function runWithoutNetwork(args: string[], options?: ChildProcessOptions) {
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return await runProcess(debianProgram('unshare'), [...user, '--net', process.execPath, ...args], options);
}
