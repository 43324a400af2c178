import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endProcesses } from './runningProcesses';

const NAME = 'STAGEDOOR_PROCESS';
/** A process may start another one during the search. */
const MOST_ROUNDS = 10;

/** A new mark for everything that a plugin's process starts. */
export function descendantMark(): string {
  return randomBytes(16).toString('hex');
}

/** The environment variable with a mark. */
export function markVariable(mark: string): Record<string, string> {
  return { [NAME]: mark };
}

/**
 * Ends descendants of plugins' processes that left their process groups, as daemons do, by their marks. On Linux, a process
 * inherits the environment it begins with and keeps it. A process that was started with another environment is not found.
 */
export async function endDescendants(marks: readonly string[]): Promise<void> {
  if (marks.length === 0) return;
  const variables = marks.map((mark) => Buffer.from(`${NAME}=${mark}\0`));
  await endProcesses(
    async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
      return variables.some((variable) => environment?.includes(variable));
    },
    { most: MOST_ROUNDS },
  );
}
