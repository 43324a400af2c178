import { setPriority } from 'node:os';

/** Lower than processes that serve requests, for machines without spare capacity. */
const PRIORITY = 5;

/** Gives a process a lower priority than those that serve requests. */
export function lowerPriority(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
  } catch {
    // Ended already, or not allowed here.
  }
}
