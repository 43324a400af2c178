import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Drop } from '../scan/drop';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stageDrop';
import type { AheadAnswer, AheadJob } from './messages';

/** The built worker; this file is built into `dist/index.cjs.js`. */
const WORKER = join(__dirname, 'ahead', 'worker.cjs.js');

/** Compiling real code takes some ten megabytes; a thread that needs more ends, and the portal does without. */
const MEMORY_MB = 256;

type Request = AheadJob extends infer Job ? (Job extends AheadJob ? Omit<Job, 'id'> : never) : never;

/**
 * A thread that copies and verifies drops, and compiles the code of the copies, while the portal starts: the process is busy
 * with its own plugins then, and another processor is not. It runs no code of a bundle. What it made of code is handed over in
 * memory, where nobody else can write. What it cannot do, or has not done in time, the portal does itself.
 */
export class AheadThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (answer: AheadAnswer) => void>();
  readonly #compiling = new Map<string, { id: number; cache?: Buffer }>();
  #last = 0;
  #ended = false;

  constructor() {
    this.#worker = new Worker(WORKER, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    this.#worker.unref();
    this.#worker.on('message', (answer: AheadAnswer) => {
      this.#waiting.get(answer.id)?.(answer);
      this.#waiting.delete(answer.id);
      if (this.#waiting.size === 0) this.#worker.unref();
    });
    this.#worker.on('error', () => this.end());
    this.#worker.on('exit', () => this.end());
  }

  /** The staged copy of a drop; undefined where there is none, for whatever reason. */
  async stage(drop: Drop, shelves: Shelves): Promise<StagedBundle | undefined> {
    return (await this.#ask({ drop, shelves })).bundle;
  }

  /** Begins to compile a file, as soon as there is nothing to stage. */
  compile(file: string): void {
    const entry: { id: number; cache?: Buffer } = { id: this.#last + 1 };
    this.#compiling.set(file, entry);
    void this.#ask({ compile: file }).then(({ cache }) => {
      if (cache) entry.cache = Buffer.from(cache.buffer, cache.byteOffset, cache.byteLength);
    });
  }

  /** V8's code cache of a file, if it was compiled by now; it is not compiled any more otherwise. */
  take(file: string): Buffer | undefined {
    const entry = this.#compiling.get(file);
    if (!entry) return undefined;
    this.#compiling.delete(file);
    if (!entry.cache && !this.#ended) this.#worker.postMessage({ id: entry.id, skip: true } satisfies AheadJob);
    return entry.cache;
  }

  /** Ends the thread; what it was asked comes to nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#worker.terminate();
    for (const [id, resolve] of this.#waiting) resolve({ id });
    this.#waiting.clear();
    this.#compiling.clear();
  }

  #ask(request: Request): Promise<AheadAnswer> {
    const id = ++this.#last;
    if (this.#ended) return Promise.resolve({ id });
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#worker.ref();
      this.#worker.postMessage({ id, ...request });
    });
  }
}
