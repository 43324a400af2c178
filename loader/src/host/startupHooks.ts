/**
 * Root start-up hooks of units that start with the portal. Backstage runs them when every plugin has started: a hook may ask
 * other plugins. Those of units that start later run at once.
 */
export class StartupHooks {
  #waiting: Array<() => Promise<void>> | undefined = [];

  /** Runs a hook when the portal has started; resolves at once where that is yet to come. Rejects with what `hook` rejects with otherwise. */
  async run(hook: () => void | Promise<void>, late: LateHook): Promise<void> {
    if (!this.#waiting) return await hook();
    this.#waiting.push(async () => {
      if (!late.isWanted()) return;
      const done = (async () => hook())().catch((error: unknown) => late.onFault(error));
      if (late.isAwaited) await done;
    });
  }

  /** Runs what waits; resolves when all that is to be waited for has ended. */
  async open(): Promise<void> {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    await Promise.all(waiting.map((hook) => hook()));
  }
}

/** What becomes of a hook that had to wait. */
export interface LateHook {
  /** False where the plugin has stopped meanwhile. */
  isWanted(): boolean;
  /** Whether the start of the portal waits for its end, as in Backstage; for hooks of the portal's own plugins. */
  isAwaited: boolean;
  /** Hears what the hook threw. */
  onFault(error: unknown): void;
}
