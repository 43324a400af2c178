/** What a load came to: how often each answer was given, errors as `error: <message>`. */
export interface Load<T> {
  answers: Map<string, number>;
  sent: number;
  elapsedMs: number;
  /** What `work` resolved with. */
  result: T;
}

/** When so many calls wait for an answer, the machine cannot do so many a second beside what `work` is about. */
const TOO_MANY_PENDING = 60;

/** Calls a second that are few on any machine. */
const FEW_PER_SECOND = 20;

/**
 * Calls `send` `perSecond` times a second, whether earlier calls have been answered or not, from before `work` begins
 * until after it has ended; then waits for the answers. On a machine that cannot keep up, the rate is halved until it can.
 */
export async function underLoad<T>(
  perSecond: number,
  send: () => Promise<unknown>,
  work: () => Promise<T>,
): Promise<Load<T>> {
  const answers = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);
  const begin = performance.now();
  let sent = 0;
  let rate = perSecond;
  let last = begin;
  let due = 0;
  let draining = false;
  const tick = setInterval(() => {
    const now = performance.now();
    // Timers come late when the machine is busy; what was missed is made up for.
    due += ((now - last) / 1000) * rate;
    last = now;
    if (draining) due = 0;
    else if (pending.size >= TOO_MANY_PENDING) rate = Math.max(FEW_PER_SECOND, rate / 2);
    draining = pending.size >= (draining ? TOO_MANY_PENDING / 10 : TOO_MANY_PENDING);
    for (; due >= 1 && pending.size < TOO_MANY_PENDING; due--, sent++) {
      const call: Promise<void> = send()
        .then(
          (answer) => count(String(answer)),
          (error: Error) => count(`error: ${error.message} ${String(error.cause ?? '')}`.trim()),
        )
        .finally(() => pending.delete(call));
      pending.add(call);
    }
  }, 5);
  try {
    const result = await work();
    const elapsedMs = performance.now() - begin;
    return { answers, sent, elapsedMs, result };
  } finally {
    clearInterval(tick);
    await Promise.all(pending);
  }
}
