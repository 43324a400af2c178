import { Worker } from 'node:worker_threads';

/**
 * Ends this process, with all that it started, when `parentPid` is no longer its parent, also while a plugin keeps the main thread busy. A parent
 * that is killed has no time to end its children, and Node knows no way to have the system do it.
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
