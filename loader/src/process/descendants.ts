import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endProcesses } from './runningProcesses';

const NAME = 'STAGEDOOR_PROCESS';
/** A process may start another one while it is looked for. */
const MOST_ROUNDS = 10;

/** A variable for the environment of a plugin's process, by which whatever it starts is known later. */
export function descendantMark(): Record<string, string> {
  return { [NAME]: randomBytes(16).toString('hex') };
}

/**
 * Ends what the process of a plugin started and what left its process group, as daemons do: on Linux, where a process inherits
 * its environment and keeps the one it began with. One that was given another environment is not found.
 */
export async function endDescendants(env: NodeJS.ProcessEnv): Promise<void> {
  const mark = Buffer.from(`${NAME}=${env[NAME]}\0`);
  await endProcesses(
    async (pid) => (await readFile(`/proc/${pid}/environ`).catch(() => undefined))?.includes(mark) === true,
    { most: MOST_ROUNDS },
  );
}
