/** Runs tasks that share a key one at a time, and tasks of different keys concurrently. */
export class KeyedMutex {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `work` while holding every key; keys are taken at once, so no two callers can wait for each other. */
  async run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = Promise.allSettled([...new Set(keys)].map((key) => this.#tails.get(key)));
    const done = before.then(work);
    const tail = done.then(
      () => {},
      () => {},
    );
    for (const key of keys) this.#tails.set(key, tail);
    try {
      return await done;
    } finally {
      for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}
