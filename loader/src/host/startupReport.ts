import { BackendStartupError, type BackendStartupResult } from '@backstage/backend-app-api';
import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import { overlay } from './overlay';

/** What the start of one plugin came to. */
export type PluginStartupResult = BackendStartupResult['plugins'][number];

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * What the start of the portal's own plugins came to, and the lines that Backstage's log has of it. Each plugin is a backend of
 * its own here, so the lines of any one backend would name one plugin.
 */
export class StartupReport {
  readonly results: PluginStartupResult[] = [];
  readonly #beginAt = new Date();
  #logger: LoggerService | undefined;
  #starting = new Set<string>();
  readonly #started = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** Plugins that are about to start, or have modules, but for those that carry them. */
  set pluginIds(ids: readonly string[]) {
    this.#starting = new Set([...ids].sort());
  }

  /** The root logger as the backend gets it that carries all others: it tells of the start of all, and of faults of its own. */
  logger(root: RootLoggerService): RootLoggerService {
    const ofStart = (): LoggerService => {
      const child = root.child({ type: 'initialization' });
      return overlay(child, {
        info: () => this.#begin(child),
        error: (message, meta) => {
          // Each of the failures in it has been told of.
          if (!(meta instanceof BackendStartupError)) child.error(message, meta);
        },
      });
    };
    return overlay(root, { child: (meta) => (meta.type === 'initialization' ? ofStart() : root.child(meta)) });
  }

  /** A plugin has started, or failed. */
  ended(result: PluginStartupResult): void {
    const { pluginId, modules, failure } = result;
    this.results.push(result);
    this.#starting.delete(pluginId);
    this.#started.add(pluginId);
    const waiting = this.#starting.size;
    const others =
      waiting > 0 ? `, waiting for ${waiting} other plugins to finish before shutting down the process` : '';
    const tell = (who: string, what: string, { error, allowed }: { error: Error; allowed: boolean }): void => {
      const goesOn = `, but boot failure is permitted for this ${what} so startup will continue`;
      this.#logger?.error(`${who} threw an error during startup${allowed ? goesOn : others}.`, error);
    };
    for (const module of modules) {
      if (module.failure) tell(`Module ${module.moduleId} in Plugin '${pluginId}'`, 'plugin module', module.failure);
    }
    if (failure) tell(`Plugin '${pluginId}'`, 'plugin', failure);
  }

  /** All plugins have started, or failed. Throws BackendStartupError where one failed that may not. */
  complete(): void {
    clearTimeout(this.#timer);
    this.#logger?.info(`Plugin initialization complete${this.#status()}`);
    const result = this.result([]);
    if (result.outcome === 'failure') throw new BackendStartupError(result);
  }

  /** With what came of `others`. */
  result(others: readonly PluginStartupResult[]): BackendStartupResult {
    const plugins = [...this.results, ...others];
    const failed = plugins
      .flatMap(({ failure, modules }) => [failure, ...modules.map((module) => module.failure)])
      .some((failure) => failure && !failure.allowed);
    return { beginAt: this.#beginAt, resultAt: new Date(), outcome: failed ? 'failure' : 'success', plugins };
  }

  #begin(logger: LoggerService): void {
    if (this.#logger) return;
    this.#logger = logger;
    logger.info(`Plugin initialization started: ${quoted(this.#starting)}`);
    const wait = (ms: number, previous: number): void => {
      this.#timer = setTimeout(() => {
        logger.info(`Plugin initialization in progress${this.#status()}`);
        wait(Math.min(ms + previous, LONGEST_MS), ms);
      }, ms).unref();
    };
    wait(FIRST_MS, 0);
  }

  #status(): string {
    const [started, starting] = [quoted(this.#started), quoted(this.#starting)];
    this.#started.clear();
    return `${started && `, newly initialized: ${started}`}${starting && `, still initializing: ${starting}`}`;
  }
}

function quoted(ids: Iterable<string>): string {
  return [...ids].map((id) => `'${id}'`).join(', ');
}
