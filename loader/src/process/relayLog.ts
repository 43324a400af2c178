import type { LoggerService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { isDebugging, withMeta, type LineSink } from '../logs/teeLogger';
import type { LogEntry } from './messages';

const LEVELS: ReadonlySet<unknown> = new Set<LogEntry['level']>(['error', 'warn', 'info', 'debug']);
const LINES_PER_SECOND = 200;
/** Size of a burst of lines, for example while a plugin starts. */
const BURST = 1000;
const WINDOW_MS = 1000;

/** Writes logs and output of a plugin's process to the portal's log, within limits. */
export class LogRelay {
  readonly #root: RootLoggerService;
  readonly #logger: LoggerService;
  readonly #pluginId: string;
  readonly #sink: LineSink;
  #tokens = BURST;
  #dropped = 0;
  #refilling: NodeJS.Timeout | undefined;

  /** `sink` takes the lines for the log of the plugin. */
  constructor(root: RootLoggerService, pluginId: string, sink: LineSink = () => {}) {
    this.#sink = sink;
    this.#root = root;
    this.#pluginId = pluginId;
    this.#logger = root.child({ plugin: pluginId });
  }

  /** An entry of the child's logger; malformed ones, which a plugin may send, are left out. */
  entry(value: unknown): void {
    if (!isLogEntry(value) || !this.#mayWrite()) return;
    const { level, message, labels, meta, error } = value;
    // Its own plugin field must not override the real one.
    const logger = this.#root.child({ ...labels, plugin: this.#pluginId });
    if (level !== 'debug' || isDebugging()) {
      const whole = error ? `${message}\n${String(error.stack ?? error.message)}` : withMeta(message, meta);
      this.#sink({ level, source: 'logger', message: whole });
    }
    if (!error) return logger[level](message, meta);
    const rebuilt = Object.assign(new Error(String(error.message)), { name: String(error.name) });
    rebuilt.stack = error.stack === undefined ? undefined : String(error.stack);
    logger[level](message, rebuilt);
  }

  /** A line that bypassed the logger. */
  output(from: 'stdout' | 'stderr', line: string): void {
    if (line.trim() === '' || !this.#mayWrite()) return;
    this.#sink({ level: from === 'stdout' ? 'info' : 'warn', source: from, message: line });
    if (from === 'stdout') this.#logger.info(line);
    else this.#logger.warn(line);
  }

  #mayWrite(): boolean {
    this.#refilling ??= setInterval(() => this.#refill(), WINDOW_MS).unref();
    if (this.#tokens > 0) {
      this.#tokens--;
      return true;
    }
    this.#dropped++;
    return false;
  }

  #refill(): void {
    if (this.#dropped > 0)
      this.#logger.warn(`${this.#dropped} log lines were dropped: more than ${LINES_PER_SECOND} a second`);
    this.#dropped = 0;
    this.#tokens = Math.min(BURST, this.#tokens + LINES_PER_SECOND);
    if (this.#tokens < BURST) return;
    clearInterval(this.#refilling);
    this.#refilling = undefined;
  }
}

function isLogEntry(value: unknown): value is LogEntry {
  const { level, message, labels, meta, error } = (value ?? {}) as Record<string, unknown>;
  return (
    LEVELS.has(level) &&
    typeof message === 'string' &&
    isObject(labels) &&
    (meta === undefined || isObject(meta)) &&
    (error === undefined || isObject(error))
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
