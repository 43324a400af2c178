import type { Script } from 'node:vm';
import { writeCache } from './cacheFile';

/** By then a plugin has started and run what it needs at a start: that is what the cache is to hold. */
const KEEP_AFTER_MS = 10_000;
/** Making a cache takes some milliseconds of the process: others get their turn in between. */
const APART_MS = 50;

/** Scripts whose code caches are yet to be written, in the order they were loaded. */
export class KeptScripts {
  readonly #scripts = new Map<string, Script>();
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(afterMs = KEEP_AFTER_MS) {
    this.#afterMs = afterMs;
  }

  /** Writes to `cacheFile`, some time from now, what V8 has made of `script` by then. */
  add(cacheFile: string, script: Script): void {
    this.#scripts.set(cacheFile, script);
    if (!this.#timer && !this.#closed) this.#schedule(this.#afterMs);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#scripts.clear();
  }

  #schedule(ms: number): void {
    this.#timer = setTimeout(() => void this.#writeNext(), ms).unref();
  }

  async #writeNext(): Promise<void> {
    const [next] = this.#scripts;
    if (!next) return void (this.#timer = undefined);
    const [cacheFile, script] = next;
    this.#scripts.delete(cacheFile);
    // What cannot be kept is compiled again.
    await writeCache(cacheFile, script.createCachedData()).catch(() => {});
    if (!this.#closed) this.#schedule(APART_MS);
  }
}
