import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { SchemaAnswer, SchemaJob } from './messages';

/** The built worker; this file is built into `dist/index.cjs.js`. */
const WORKER = join(__dirname, 'validate', 'schemaWorker', 'worker.cjs.js');

/** Bounds of a job. Real ones take some ten milliseconds and megabytes. */
export interface WorkerLimits {
  /** Of wall time, once the worker is ready. */
  timeMs: number;
  memoryMb: number;
}

const LIMITS: WorkerLimits = { timeMs: 10_000, memoryMb: 256 };
const MOST_WORKERS = 4;
/** A job that takes longer than this does not keep others waiting: they get another worker. */
const SLOW_MS = 250;
/** A worker without work ends after this time. */
const IDLE_MS = 5000;
const START_MS = 30_000;
const STOPPING = 'the portal stops';

/** What came of a job: config-loader's messages on the config, or why the schema cannot be used. */
export type Checked = { messages: string[] } | { invalid: string } | { exceeded: string };

interface Waiting {
  job: SchemaJob;
  begun?: () => void;
  resolve: (checked: Checked) => void;
}

/**
 * Threads that compile config schemas and hold config against them: what a schema says is somebody else's program, down to
 * its regular expressions, and must neither stop the portal nor fill its memory. There is one thread as long as jobs are
 * quick, and none after a while without jobs.
 */
export class SchemaWorkers {
  readonly #limits: WorkerLimits;
  readonly #queue: Waiting[] = [];
  readonly #lanes = new Set<Lane>();
  #growing: NodeJS.Timeout | undefined;

  constructor(limits: Partial<WorkerLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Holds config against schemas, as one; `begun` hears that a thread is at it. Never rejects. */
  check(job: SchemaJob, begun?: () => void): Promise<Checked> {
    return new Promise((resolve) => {
      this.#queue.push({ job, begun, resolve });
      this.#deal();
    });
  }

  /** Starts a thread that is going to be needed: that takes longer than most jobs. */
  warm(): void {
    if (this.#lanes.size === 0) this.#add();
  }

  /** Ends all threads; jobs under way come to nothing. */
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
      // What it prints is said by what a bundle holds.
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

  /** Ends the thread; what it was at is told why. */
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
    // A portal that has nothing else to do may end.
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
      // The portal itself may have stood still: an answer that is there already counts.
      this.#overdue = setImmediate(() => this.end(why));
    }, ms).unref();
  }

  #reason({ code, message }: NodeJS.ErrnoException): string {
    if (code === 'ERR_WORKER_OUT_OF_MEMORY') return `checking it takes more than ${this.#limits.memoryMb} MB`;
    return `checking it failed: ${message}`;
  }
}
