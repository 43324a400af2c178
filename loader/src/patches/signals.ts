const SIGNALS = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;

/** What to stop, in this process, when a signal comes; ours once {@link withOwnSignals} took over. */
const stops = new Set<() => Promise<void>>();
let ours = false;
let stopping = false;

/**
 * Runs `start` and takes over the exit handling that Backstage installs in it; `dispose` takes the backend out again.
 *
 * Every started Backstage backend joins one module-level registry whose handler stops all instances at once
 * and exits: units, drain and host need an order. The handlers are added synchronously by the first `start()`
 * of the process, so those that appear during the call are exactly its own. If a plain Backstage backend of this
 * process installed them earlier, they stay, and order rests on the host's before-shutdown hook alone.
 */
export function withOwnSignals<T>(
  start: () => Promise<T>,
  stop: () => Promise<void>,
): { started: Promise<T>; dispose: () => void } {
  const earlier = SIGNALS.map((signal) => process.rawListeners(signal));
  const started = start();
  SIGNALS.forEach((signal, index) => {
    for (const listener of process.rawListeners(signal)) {
      if (earlier[index]!.includes(listener)) continue;
      process.removeListener(signal, listener as () => void);
      process.on(signal, exitInOrder);
      ours = true;
    }
  });
  if (ours) stops.add(stop);
  return { started, dispose: () => void stops.delete(stop) };
}

function exitInOrder(signal: unknown): void {
  // A second Ctrl-C means now.
  if (stopping && signal === 'SIGINT') process.exit(130);
  if (stopping) return;
  stopping = true;
  Promise.all([...stops].map((stop) => stop())).then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
}
