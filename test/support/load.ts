/** What a load came to: how often each answer was given, errors as `error: <message>`. */
export interface Load<T> {
  answers: Map<string, number>;
  sent: number;
  elapsedMs: number;
  /** What `work` resolved with. */
  result: T;
}

/**
 * More calls than this do not wait for an answer at once, unless told otherwise: a machine that is too slow must not fall behind
 * ever more.
 */
const MOST_PENDING = 100;

/**
 * Calls `send` `perSecond` times a second, whether earlier calls have been answered or not, from before `work` begins
 * until after it has ended; then waits for the answers. A load of few pending calls falls with what a busy machine can take.
 */
export async function underLoad<T>(
  perSecond: number,
  send: () => Promise<unknown>,
  work: () => Promise<T>,
  mostPending = MOST_PENDING,
): Promise<Load<T>> {
  const answers = new Map<string, number>();
  const pending = new Set<Promise<void>>();
  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);
  const begin = performance.now();
  let sent = 0;
  const tick = setInterval(() => {
    // Timers come late when the machine is busy; what was missed is made up for.
    const due = Math.floor(((performance.now() - begin) / 1000) * perSecond);
    for (; sent < due && pending.size < mostPending; sent++) {
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
