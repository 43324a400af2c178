import { Worker } from 'node:worker_threads';

/**
 * Ends this process and everything that it started when `parentPid` is no longer its parent, even while a plugin blocks the
 * main thread. A killed parent cannot end its children, and Node has no way to let the system do it.
 */
export function startWatchdog(parentPid: number): void {
  const code = `setInterval(() => { if (process.ppid !== ${parentPid}) process.kill(-process.pid, 'SIGKILL'); }, 500)`;
  const worker = new Worker(code, {
    eval: true,
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  });
  worker.unref();
}
