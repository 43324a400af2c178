import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SchemaAnswer, SchemaJob } from './messages';

/** The built worker; this file is built into `dist/index.cjs.js`. */
const WORKER = join(__dirname, 'validate', 'schemaWorker', 'worker.cjs.js');

/** Limits of a job. Real ones take some 10 ms and 10 MB. */
export interface WorkerLimits {
  /** Of wall time, once the worker is ready. */
  timeMs: number;
  memoryMb: number;
}

const LIMITS: WorkerLimits = { timeMs: 10_000, memoryMb: 256 };
const MOST_WORKERS = 4;
/** While a job takes longer than this, others get another worker. */
const SLOW_MS = 250;
/** A worker without work ends after this time. */
const IDLE_MS = 5000;
const START_MS = 30_000;
const STOPPING = 'the portal is stopping';

/** The result of a job: config-loader's messages, or why the schema cannot be used. */
export type Checked = { messages: string[] } | { invalid: string } | { exceeded: string };

interface Waiting {
  job: SchemaJob;
  begun?: () => void;
  resolve: (checked: Checked) => void;
}

/**
 * Threads that compile config schemas and check config against them. A schema is foreign code, down to its regular
 * expressions, and must neither block the portal nor fill its memory. There is one thread while jobs are quick, and none
 * after a while without jobs.
 */
export class SchemaWorkers {
  readonly #limits: WorkerLimits;
  readonly #queue: Waiting[] = [];
  readonly #lanes = new Set<Lane>();
  #growing: NodeJS.Timeout | undefined;

  constructor(limits: Partial<WorkerLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Checks config against merged schemas; `begun` is called when a thread begins. Never rejects. */
  check(job: SchemaJob, begun?: () => void): Promise<Checked> {
    return new Promise((resolve) => {
      this.#queue.push({ job, begun, resolve });
      this.#deal();
    });
  }

  /** Starts a thread in advance: that takes longer than most jobs. */
  warm(): void {
    if (this.#lanes.size === 0) this.#add();
  }

  /** Ends all threads; running jobs get no result. */
  close(): void {
    clearTimeout(this.#growing);
    for (const { resolve } of this.#queue.splice(0)) resolve({ exceeded: STOPPING });
    for (const lane of this.#lanes) lane.end(STOPPING);
  }

  #deal(): void {
    for (const lane of this.#lanes) {
      if (!lane.idle) continue;
      const next = this.#queue.shift();
      if (!next) return;
      lane.run(next);
    }
    if (this.#queue.length === 0) return;
    if (this.#lanes.size === 0) this.#grow();
    else if (this.#lanes.size < MOST_WORKERS) this.#growing ??= setTimeout(() => this.#grow(), SLOW_MS);
  }

  #grow(): void {
    clearTimeout(this.#growing);
    this.#growing = undefined;
    const next = this.#queue.shift();
    if (!next) return;
    this.#add().run(next);
    this.#deal();
  }

  #add(): Lane {
    const lane = new Lane(this.#limits, {
      free: () => this.#deal(),
      ended: () => {
        this.#lanes.delete(lane);
        this.#deal();
      },
    });
    this.#lanes.add(lane);
    return lane;
  }
}

/** One thread and the job that it is at. */
class Lane {
  readonly #worker: Worker;
  readonly #limits: WorkerLimits;
  readonly #on: { free: () => void; ended: () => void };
  #ready = false;
  #current: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;
  #overdue: NodeJS.Immediate | undefined;

  constructor(limits: WorkerLimits, on: { free: () => void; ended: () => void }) {
    this.#limits = limits;
    this.#on = on;
    this.#worker = new Worker(WORKER, {
      env: {},
      execArgv: [],
      // Its output comes from the content of a bundle.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: limits.memoryMb, maxYoungGenerationSizeMb: 32 },
    });
    this.#worker.stdout.resume();
    this.#worker.stderr.resume();
    this.#worker.on('message', (answer: SchemaAnswer) => this.#hear(answer));
    this.#worker.on('error', (error: NodeJS.ErrnoException) => this.end(this.#reason(error)));
    this.#worker.on('exit', () => this.end('the thread that checks it ended'));
    this.#within(START_MS, 'the thread that checks it does not start');
  }

  get idle(): boolean {
    return this.#ready && !this.#current;
  }

  run(waiting: Waiting): void {
    this.#current = waiting;
    this.#worker.ref();
    if (this.#ready) this.#send(waiting);
  }

  /** Ends the thread; its job gets the reason. */
  end(why: string): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#overdue);
    this.#worker.removeAllListeners();
    this.#worker.on('error', () => {});
    void this.#worker.terminate();
    const current = this.#current;
    this.#current = undefined;
    this.#ready = false;
    this.#on.ended();
    current?.resolve({ exceeded: why });
  }

  #hear(answer: SchemaAnswer): void {
    const current = this.#current;
    if ('ready' in answer) {
      this.#ready = true;
      if (current) return this.#send(current);
    } else this.#current = undefined;
    // The thread must not keep the portal alive.
    this.#worker.unref();
    this.#within(IDLE_MS, 'nothing to do');
    if (current && !('ready' in answer)) current.resolve(answer);
    this.#on.free();
  }

  #send({ job, begun }: Waiting): void {
    const { timeMs } = this.#limits;
    begun?.();
    this.#worker.postMessage(job);
    this.#within(timeMs, `checking it takes more than ${timeMs / 1000} s`);
  }

  #within(ms: number, why: string): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#overdue);
    this.#timer = setTimeout(() => {
      // The portal itself may have been suspended: an answer that has already arrived counts.
      this.#overdue = setImmediate(() => this.end(why));
    }, ms).unref();
  }

  #reason({ code, message }: NodeJS.ErrnoException): string {
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return `checking it takes more than ${this.#limits.memoryMb} MB`;
    return `checking it failed: ${message}`;
  }
}
