import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';

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
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const pids = await marked(mark);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
  }
}

async function marked(mark: Buffer): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`).catch(() => undefined);
      return environment?.includes(mark) ? [pid] : [];
    }),
  );
  return found.flat();
}
