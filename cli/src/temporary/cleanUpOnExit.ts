/** What must happen before this process ends, however it ends; every entry is synchronous. */
const cleanups = new Set<() => void>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `cleanup` when the process exits or gets a signal to end before `forget()` was called. A signal that nobody else
 * listens to ends the process as it would have without us.
 */
export function cleanUpOnExit(cleanup: () => void): { forget(): void } {
  if (cleanups.size === 0) {
    process.on('exit', runAll);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  cleanups.add(cleanup);
  return {
    forget: () => {
      cleanups.delete(cleanup);
      if (cleanups.size === 0) stopListening();
    },
  };
}

function onSignal(signal: NodeJS.Signals): void {
  runAll();
  stopListening();
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

function runAll(): void {
  for (const cleanup of cleanups) cleanup();
  cleanups.clear();
}

function stopListening(): void {
  process.off('exit', runAll);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}
