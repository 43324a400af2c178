import { runProcess, type ChildProcessOptions } from './childProcess';
import { debianProgram } from './debianProgram';

/** What `nobody` is on Debian. */
const NOBODY = 65534;

/**
 * What to put before a command so that it runs as the user `nobody`, without the rights of root, where this process has them.
 * It may still do with files what their owner may, whatever folders lie above them: in a user namespace, `nobody` is who started
 * it. Empty for other users, who have no special rights.
 */
export function unprivileged(): string[] {
  if (process.getuid?.() !== 0) return [];
  return [debianProgram('unshare'), '--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];
}

/** Runs a process to its end, {@link unprivileged}. */
export async function runUnprivileged(command: string, args: string[], options?: ChildProcessOptions) {
  const [program, ...rest] = [...unprivileged(), command, ...args];
  return await runProcess(program!, rest, options);
}
