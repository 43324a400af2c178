import { BackendStartupError, type BackendStartupResult } from '@backstage/backend-app-api';
import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import { overlay } from './overlay';

/** The outcome of the start of one plugin. */
export type PluginStartupResult = BackendStartupResult['plugins'][number];

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * The outcome of the start of the portal's own plugins, and the lines that Backstage would log. Each plugin is a separate
 * backend here, so the lines of any one backend would name one plugin.
 */
export class StartupReport {
  readonly results: PluginStartupResult[] = [];
  readonly #beginAt = new Date();
  #logger: LoggerService | undefined;
  #starting = new Set<string>();
  readonly #started = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** Plugins that are about to start or have modules, except the ones that contain them. */
  set pluginIds(ids: readonly string[]) {
    this.#starting = new Set([...ids].sort());
  }

  /** The root logger for the backend that contains all others: it announces the start of all plugins, and errors of its own. */
  logger(root: RootLoggerService): RootLoggerService {
    const ofStart = (): LoggerService => {
      const child = root.child({ type: 'initialization' });
      return overlay(child, {
        info: () => this.#begin(child),
        error: (message, meta) => {
          // Each of the failures has been logged.
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

  /** Includes the outcome of `others`. */
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
