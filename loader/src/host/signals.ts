const SIGNALS = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;

/**
 * Runs `start` and takes over the exit handling that Backstage installs in it.
 *
 * Every started Backstage backend joins one module-level registry whose handler stops all instances at once
 * and exits: units, drain and host need an order. The handlers are added synchronously by the first `start()`
 * of the process, so those that appear during the call are exactly its own. If another backend of this process
 * installed them earlier, they stay, and order rests on the host's before-shutdown hook alone.
 */
export function withOwnSignals<T>(
  start: () => Promise<T>,
  stop: () => Promise<void>,
): { started: Promise<T>; dispose: () => void } {
  const earlier = SIGNALS.map((signal) => process.listeners(signal as 'beforeExit'));
  const started = start();
  let added = 0;
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.listeners(signal as 'beforeExit')) {
      if (!earlier[index]!.includes(listener)) {
        process.removeListener(signal, listener);
        added++;
      }
    }
  });
  if (added === 0) return { started, dispose: () => {} };

  let stopping = false;
  const handler = (): void => {
    if (stopping) return;
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  };
  for (const signal of SIGNALS) process.on(signal, handler);
  return {
    started,
    dispose: () => {
      for (const signal of SIGNALS) process.removeListener(signal, handler);
    },
  };
}
