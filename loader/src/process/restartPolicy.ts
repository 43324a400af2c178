const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 60_000;
/** Earlier crashes are forgotten after a run of this length. */
const HEALTHY_MS = 10 * 60_000;
const CRASH_WINDOW_MS = 10 * 60_000;
const MOST_CRASHES = 5;

/** What to do after a crash. */
export type Verdict = { restart: true; delayMs: number; attempt: number } | { restart: false; crashes: number };

/** Decides when a crashed process is restarted, and when it is given up. Times are in milliseconds. */
export class RestartPolicy {
  readonly #random: () => number;
  #crashes: number[] = [];
  #attempt = 0;

  /** `random` returns numbers from 0 to 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  /**
   * Records a crash at `now` of a process that ran for `ranMs`. The delay doubles with each crash, from one second to a
   * minute, with up to a quarter added so that plugins that crashed together do not restart together.
   */
  crashed(now: number, ranMs: number): Verdict {
    if (ranMs >= HEALTHY_MS) this.#attempt = 0;
    this.#crashes = [...this.#crashes.filter((at) => now - at < CRASH_WINDOW_MS), now];
    if (this.#crashes.length >= MOST_CRASHES) return { restart: false, crashes: this.#crashes.length };
    const delay = FIRST_DELAY_MS * 2 ** this.#attempt * (1 + this.#random() / 4);
    this.#attempt++;
    return { restart: true, delayMs: Math.min(delay, LONGEST_DELAY_MS), attempt: this.#attempt };
  }
}
