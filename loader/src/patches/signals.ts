import type { Patch } from './patchProperty';

const SIGNALS = ['SIGTERM', 'SIGINT', 'beforeExit'] as const;

type Listener = (...args: unknown[]) => void;

/** What to stop, in this process, when a signal comes; ours once {@link withOwnSignals} took over. */
const stops = new Set<() => Promise<void>>();
/** Backstage's own handlers, which ours stand for; Backstage adds them once in the life of a process. */
const theirs: Array<{ signal: string; listener: Listener }> = [];
let ours = false;
let stopping = false;

/**
 * Runs `start` and takes over the exit handling that Backstage installs in it; `dispose` takes the backend out again, and with
 * the last one gives the handling back.
 *
 * Every started Backstage backend joins one module-level registry whose handler stops all instances at once
 * and exits: units, drain and host need an order. The handlers are added synchronously by the first `start()`
 * of the process, so those that appear during the call are exactly its own. If a plain Backstage backend of this
 * process installed them earlier, they stay, and order rests on the host's before-shutdown hook alone.
 */
export function withOwnSignals<T>(start: () => Promise<T>, stop: () => Promise<void>): { started: Promise<T> } & Patch {
  const earlier = new Map(SIGNALS.map((signal) => [signal, process.rawListeners(signal)]));
  const started = start();
  for (const signal of SIGNALS) {
    const added = process.rawListeners(signal).filter((listener) => !earlier.get(signal)!.includes(listener));
    theirs.push(...added.map((listener) => ({ signal, listener: listener as Listener })));
  }
  if (theirs.length === 0) return { started, dispose: () => {} };
  stops.add(stop);
  takeOver();
  return {
    started,
    dispose: () => {
      if (stops.delete(stop) && stops.size === 0) giveBack();
    },
  };
}

function takeOver(): void {
  for (const { signal, listener } of theirs) process.removeListener(signal, listener);
  if (ours) return;
  ours = true;
  for (const signal of SIGNALS) process.on(signal, exitInOrder);
}

function giveBack(): void {
  // In order, the process ends by itself.
  if (stopping) return;
  ours = false;
  for (const signal of SIGNALS) process.removeListener(signal, exitInOrder);
  for (const { signal, listener } of theirs) process.on(signal, listener);
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
