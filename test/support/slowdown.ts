const WORK_MS = 50;

/**
 * How many times longer work takes than on a machine with nothing else to do: the time that passes while this process
 * gets 50 ms of a processor. At least 1.
 */
export function slowdown(): number {
  const began = performance.now();
  const before = process.cpuUsage();
  for (let worked = 0; worked < WORK_MS * 1000;) {
    const { user, system } = process.cpuUsage(before);
    worked = user + system;
  }
  return Math.max(1, (performance.now() - began) / WORK_MS);
}
