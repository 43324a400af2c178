import { SCHEMA_FILES } from '@stagedoor/bundle';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Shelves } from '../stage/shelf';
import type { AheadAnswer, AheadJob, StagedAhead } from './messages';

/** The built worker; this file is built into `dist/index.cjs.js`. */
const WORKER = join(__dirname, 'ahead', 'worker.cjs.js');
/** Real code takes some ten megabytes to compile; a thread that needs more ends, and the portal does without. */
const MEMORY_MB = 256;

/**
 * A thread that copies and verifies drops, and compiles the code of the copies, while the portal starts: the process is busy
 * with its own plugins then, and another processor is not. It runs no code of a bundle. What it made of code is handed over in
 * memory, where no other user can write. What it cannot do, or has not done in time, the portal does itself.
 */
export class AheadThread {
  readonly #worker: Worker;
  readonly #staging = new Map<string, Promise<StagedAhead | undefined>>();
  readonly #answers = new Map<string, (staged: StagedAhead | undefined) => void>();
  readonly #caches = new Map<string, Buffer>();
  readonly #onSchema: () => void;
  #ended = false;

  /** `onSchema` hears of each bundle that was staged and has a config schema. */
  constructor(onSchema: () => void) {
    this.#onSchema = onSchema;
    this.#worker = new Worker(WORKER, { env: {}, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB } });
    this.#worker.unref();
    this.#worker.on('message', (answer: AheadAnswer) => this.#hear(answer));
    this.#worker.on('error', () => this.end());
    this.#worker.on('exit', () => this.end());
  }

  /** Begins to stage entries of a root directory, and then to compile the code of the copies. */
  begin(root: string, entries: readonly string[], shelves: Shelves, compile: boolean): void {
    if (this.#ended) return;
    for (const entry of entries) {
      this.#staging.set(entry, new Promise((resolve) => this.#answers.set(entry, resolve)));
    }
    this.#worker.postMessage({ root, entries, shelves, compile } satisfies AheadJob);
  }

  /** What was staged of an entry, once; undefined if there is nothing, for whatever reason. */
  async staged(entry: string): Promise<StagedAhead | undefined> {
    const begun = this.#staging.get(entry);
    if (!begun) return undefined;
    this.#staging.delete(entry);
    // A caller waits now, so the thread must keep the process alive.
    if (!this.#ended) this.#worker.ref();
    return await begun;
  }

  /** V8's code cache of a file, if it was compiled by now; it is not compiled any more otherwise. */
  take(file: string): Buffer | undefined {
    const cache = this.#caches.get(file);
    this.#caches.delete(file);
    if (!cache && !this.#ended) this.#worker.postMessage({ skip: file } satisfies AheadJob);
    return cache;
  }

  /** Ends the thread; pending requests resolve to nothing. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#worker.terminate();
    for (const answer of this.#answers.values()) answer(undefined);
    this.#caches.clear();
  }

  #hear(answer: AheadAnswer): void {
    if (this.#ended) return;
    if ('entry' in answer) {
      if (answer.staged?.bundle.manifest?.files.some(({ path }) => SCHEMA_FILES.includes(path))) this.#onSchema();
      this.#answers.get(answer.entry)?.(answer.staged);
    } else this.#caches.set(answer.file, Buffer.from(answer.cache.buffer));
  }
}
