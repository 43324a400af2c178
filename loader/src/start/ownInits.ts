import { deadline } from '../deadline';

/**
 * The inits of the portal's own plugins and modules in one unit. They may take as long as they do with createBackend(): while
 * one of them runs, a time limit of what bundles add to the unit does not count.
 */
export class OwnInits {
  readonly #running = new Set<Promise<void>>();

  /** An init of the portal's own begins. */
  note(init: Promise<void>): void {
    this.#running.add(init);
    const ended = (): boolean => this.#running.delete(init);
    init.then(ended, ended);
  }

  /** Settles as `work` does, or rejects with `late()` after `ms` milliseconds, in which no init of the portal's own runs at the end. */
  async deadline<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
    for (;;) {
      try {
        return await deadline(work, ms, late);
      } catch (error) {
        if (this.#running.size === 0) throw error;
        await Promise.race([work, Promise.allSettled(this.#running)]);
      }
    }
  }
}
