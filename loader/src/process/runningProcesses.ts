import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long {@link endProcesses} repeats: a process may start another one during the search, and takes a moment to end. */
export interface Rounds {
  most: number;
  /** Milliseconds between two looks. */
  pauseMs?: number;
}

/** Ends all processes of this machine that match `isMeant`, until none is left; on Linux. */
export async function endProcesses(
  isMeant: (pid: number) => Promise<boolean>,
  { most, pauseMs }: Rounds,
): Promise<void> {
  for (let round = 0; round < most; round++) {
    const pids = await findProcesses(isMeant);
    if (pids.length === 0) return;
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    }
    if (pauseMs !== undefined) await sleep(pauseMs);
  }
}

async function findProcesses(isMeant: (pid: number) => Promise<boolean>): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await isMeant(pid)) ? [pid] : [])));
  return found.flat();
}
