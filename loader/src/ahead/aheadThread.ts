import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Drop } from '../scan/drop';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';
import type { AheadAnswer, AheadJob, StagedAhead } from './messages';

/** The built worker; this file is built into `dist/index.cjs.js`. */
const WORKER = join(__dirname, 'ahead', 'worker.cjs.js');
/** Real code takes some ten megabytes to compile; a thread that needs more ends, and the portal does without. */
const MEMORY_MB = 256;

/**
 * A thread that copies and verifies drops, and compiles the code of the copies, while the portal starts: the process is busy
 * with its own plugins then, and another processor is not. It runs no code of a bundle. What it made of code is handed over in
 * memory, where nobody else can write. What it cannot do, or has not done in time, the portal does itself.
 */
export class AheadThread {
  readonly #worker: Worker;
  readonly #staging = new Map<string, { drop: Promise<StagedAhead>; answer: (staged: StagedAhead) => void }>();
  readonly #caches = new Map<string, Buffer>();
  #ended = false;

  constructor() {
    this.#worker = new Worker(WORKER, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    this.#worker.unref();
    this.#worker.on('message', (answer: AheadAnswer) => this.#hear(answer));
    this.#worker.on('error', () => this.end());
    this.#worker.on('exit', () => this.end());
  }

  /** Begins to stage a drop, and then to compile the code of its copy. */
  begin(drop: Drop, shelves: Shelves, compile: boolean): void {
    if (this.#ended) return;
    let answer!: (staged: StagedAhead) => void;
    this.#staging.set(drop.entry, { drop: new Promise((resolve) => (answer = resolve)), answer });
    this.#worker.postMessage({ drop, shelves, compile } satisfies AheadJob);
  }

  /** The staged copy of a drop of which this was `seen` (see `snapshot`) before; undefined where there is none, for whatever reason. */
  async staged(entry: string, seen: string): Promise<StagedBundle | undefined> {
    const begun = this.#staging.get(entry);
    if (!begun) return undefined;
    // Somebody waits now: the process must not end for having nothing else to do.
    if (!this.#ended) this.#worker.ref();
    const staged = await begun.drop;
    this.#staging.delete(entry);
    return staged.seen === seen ? staged.bundle : undefined;
  }

  /** V8's code cache of a file, if it was compiled by now; it is not compiled any more otherwise. */
  take(file: string): Buffer | undefined {
    const cache = this.#caches.get(file);
    this.#caches.delete(file);
    if (!cache && !this.#ended) this.#worker.postMessage({ skip: file } satisfies AheadJob);
    return cache;
  }

  /** Ends the thread; what it was asked comes to nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#worker.terminate();
    for (const [entry, { answer }] of this.#staging) answer({ entry });
    this.#caches.clear();
  }

  #hear(answer: AheadAnswer): void {
    if (this.#ended) return;
    if ('entry' in answer) this.#staging.get(answer.entry)?.answer(answer);
    else this.#caches.set(answer.file, Buffer.from(answer.cache.buffer));
  }
}
