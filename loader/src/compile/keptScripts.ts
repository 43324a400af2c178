import type { Script } from 'node:vm';
import { writeCache } from './cacheFile';

/** By then a plugin has started and has run its start-up code, which is what the cache should contain. */
const KEEP_AFTER_MS = 10_000;
/** Creating a cache takes some milliseconds; the pause between two lets other work run. */
const APART_MS = 50;

/** Scripts whose code caches are still to be written, in load order. */
export class KeptScripts {
  readonly #scripts = new Map<string, Script>();
  readonly #afterMs: number;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(afterMs = KEEP_AFTER_MS) {
    this.#afterMs = afterMs;
  }

  /** Writes the code cache of `script` to `cacheFile` after a delay, with the functions that V8 has compiled by then. */
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
    // Without a cache, the code is compiled again.
    await writeCache(cacheFile, script.createCachedData()).catch(() => {});
    if (!this.#closed) this.#schedule(APART_MS);
  }
}
