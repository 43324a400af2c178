// The process that outlives the portal: `node main.cjs.js`, with the portal's pipe as its input. See watchdog.ts.
import { createInterface } from 'node:readline';
import { endDescendants } from '../descendants';

/** The marks of the process groups that run, by the process id of their leader. */
const running = new Map<number, string>();

// A terminal signals every process of a portal at once: only the end of the portal counts.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

createInterface(process.stdin)
  .on('line', (line) => {
    const [pid, mark] = line.split(' ') as [string, string | undefined];
    if (mark) running.set(Number(pid), mark);
    else running.delete(Number(pid));
  })
  .on('close', () => {
    for (const pid of running.keys()) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // All of it has ended.
      }
    }
    void endDescendants([...running.values()]).finally(() => process.exit());
  });
