import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endProcesses } from './runningProcesses';

const NAME = 'STAGEDOOR_PROCESS';
/** A process may start another one during the search. */
const MOST_ROUNDS = 10;

/** An environment variable that identifies everything that a plugin's process starts. */
export function descendantMark(): Record<string, string> {
  return { [NAME]: randomBytes(16).toString('hex') };
}

/**
 * Ends descendants of a plugin's process that left its process group, as daemons do. On Linux, a process inherits the
 * environment it begins with and keeps it. A process that was started with another environment is not found.
 */
export async function endDescendants(env: NodeJS.ProcessEnv): Promise<void> {
  const mark = Buffer.from(`${NAME}=${env[NAME]}\0`);
  await endProcesses(
    async (pid) => (await readFile(`/proc/${pid}/environ`).catch(() => undefined))?.includes(mark) === true,
    { most: MOST_ROUNDS },
  );
}
