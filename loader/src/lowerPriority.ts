import { setPriority } from 'node:os';

/** Below what serves requests, on a machine that has nothing to spare. */
const PRIORITY = 5;

/** Lets a process wait for those that serve requests. */
export function lowerPriority(pid: number): void {
  try {
    setPriority(pid, PRIORITY);
  } catch {
    // Ended already, or not allowed here.
  }
}
