import { RestartPolicy } from './restartPolicy';

/** The clock of the supervisor; tests inject one. */
export interface Clock {
  now(): number;
  /** Calls back after `ms`; the returned function forgets it. */
  after(ms: number, callback: () => void): () => void;
  /** A number from 0 to 1. */
  random(): number;
}

/** Real time. */
const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};

/** State of a supervised process. `fault` is the reason why it is not running. */
export type Supervision<F> =
  | { state: 'running'; attempt: number }
  | { state: 'backoff'; attempt: number; fault: F; retryAt: number }
  | { state: 'starting'; attempt: number; fault: F }
  | { state: 'quarantined'; attempt: number; fault: F; crashes: number }
  | { state: 'stopped'; attempt: number };

/** Dependencies of a supervisor: `P` is a running process, `F` the reason why one does not run. */
export interface SupervisorOptions<P, F> {
  /** Starts another process; rejects with the reason of a failure. */
  start(): Promise<P>;
  /** Resolves with the reason when the process ends. */
  ended(process: P): Promise<F>;
  /** Ends a process that is no longer needed when it has started. */
  discard(process: P): void;
  asFault(error: unknown): F;
  /** Called at every change. */
  onChange(supervision: Supervision<F>): void;
  clock?: Clock;
}

/** Keeps one process running: restarts it with increasing delays, until it has ended too often. */
export class Supervisor<P, F> {
  readonly #options: SupervisorOptions<P, F>;
  readonly #clock: Clock;
  readonly #policy: RestartPolicy;
  #current: P | undefined;
  #supervision: Supervision<F> = { state: 'stopped', attempt: 0 };
  #restarts = 0;
  #runningSince = 0;
  #cancel = (): void => {};

  constructor(options: SupervisorOptions<P, F>) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#policy = new RestartPolicy(this.#clock.random);
  }

  /** The process that runs now. */
  get current(): P | undefined {
    return this.#current;
  }

  get supervision(): Supervision<F> {
    return this.#supervision;
  }

  /** Number of restarts after a crash. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Takes over a process that has just started. */
  adopt(process: P): void {
    this.#run(process, 0);
  }

  /** Starts no more processes; returns the running one, which the caller ends. */
  stop(): P | undefined {
    this.#cancel();
    const current = this.#current;
    this.#current = undefined;
    this.#move({ state: 'stopped', attempt: 0 });
    return current;
  }

  #run(process: P, attempt: number): void {
    this.#current = process;
    this.#runningSince = this.#clock.now();
    this.#move({ state: 'running', attempt });
    void this.#options.ended(process).then((fault) => {
      if (this.#current !== process) return;
      this.#current = undefined;
      this.#crashed(fault, this.#clock.now() - this.#runningSince);
    });
  }

  #crashed(fault: F, ranMs: number): void {
    const now = this.#clock.now();
    const verdict = this.#policy.crashed(now, ranMs);
    if (!verdict.restart) {
      this.#move({ state: 'quarantined', attempt: this.#supervision.attempt, fault, crashes: verdict.crashes });
      return;
    }
    const { attempt, delayMs } = verdict;
    this.#cancel = this.#clock.after(delayMs, () => void this.#restart(attempt, fault));
    this.#move({ state: 'backoff', attempt, fault, retryAt: now + delayMs });
  }

  async #restart(attempt: number, fault: F): Promise<void> {
    this.#move({ state: 'starting', attempt, fault });
    const begun = this.#supervision;
    try {
      const process = await this.#options.start();
      if (this.#supervision !== begun) return this.#options.discard(process);
      this.#restarts++;
      this.#run(process, attempt);
    } catch (error) {
      if (this.#supervision === begun) this.#crashed(this.#options.asFault(error), 0);
    }
  }

  #move(supervision: Supervision<F>): void {
    this.#supervision = supervision;
    this.#options.onChange(supervision);
  }
}
