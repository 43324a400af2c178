const FIRST_MS = 1000;
const LONGEST_MS = 30_000;

/** Retries work that failed for a reason that may pass: after a second, then with increasing delays. */
export class Retries {
  readonly #waiting = new Map<string, { timer: NodeJS.Timeout; afterMs: number }>();

  /** Schedules `work` once for each key, with a delay that grows with each call since {@link forget}. */
  later(key: string, work: () => void): void {
    const earlier = this.#waiting.get(key);
    clearTimeout(earlier?.timer);
    const afterMs = earlier ? Math.min(earlier.afterMs * 2, LONGEST_MS) : FIRST_MS;
    this.#waiting.set(key, { timer: setTimeout(work, afterMs).unref(), afterMs });
  }

  /** No retry is needed any more. */
  forget(key: string): void {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.delete(key);
  }

  close(): void {
    for (const key of [...this.#waiting.keys()]) this.forget(key);
  }
}
