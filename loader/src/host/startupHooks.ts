/**
 * Root start-up hooks of units that start with the portal. Backstage runs them when every plugin has started, because a hook
 * may call other plugins. Hooks of units that start later run immediately.
 */
export class StartupHooks {
  #waiting: Array<() => Promise<void>> | undefined = [];

  /** Runs a hook when the portal has started. Resolves immediately if it has not started yet; otherwise settles with the hook. */
  async run(hook: () => void | Promise<void>, late: LateHook): Promise<void> {
    if (!this.#waiting) return await hook();
    this.#waiting.push(async () => {
      if (!late.isWanted()) return;
      const done = (async () => hook())().catch((error: unknown) => late.onFault(error));
      if (late.isAwaited) await done;
    });
  }

  /** Runs the waiting hooks; resolves when those that the start waits for have ended. */
  async open(): Promise<void> {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    await Promise.all(waiting.map((hook) => hook()));
  }
}

/** Options of a deferred hook. */
export interface LateHook {
  /** False if the plugin has stopped meanwhile. */
  isWanted(): boolean;
  /** Whether the start of the portal waits for it, as in Backstage; for hooks of the portal's own plugins. */
  isAwaited: boolean;
  /** Called with the error of the hook. */
  onFault(error: unknown): void;
}
