import { patchProperty, type Patch } from './patchProperty';

/** A timer or listener that code below a folder has set. */
interface Kept {
  /** The file and line that set it, as a stack trace names it. */
  place: string;
  /** Of `performance.now()`. */
  at: number;
  what: string;
  isThere(): boolean;
}

const STACK_FRAMES = 12;
/** Beyond this number, entries that are gone are removed before more are kept. */
const MANY = 200;

/**
 * Detects resources that bundle code creates without a service and Node.js keeps forever: intervals, and listeners of the
 * process. They cannot be removed, because code that other plugins use may have created them, but they can be reported. Costs
 * a stack trace for each interval and listener.
 */
export class LeftBehind {
  readonly #root: string;
  readonly #intervals: Patch;
  #kept: Kept[] = [];
  #many = MANY;

  /** `root` holds all code of bundles. */
  constructor(root: string) {
    this.#root = root;
    this.#intervals = patchProperty(globalThis, 'setInterval', (next) => this.#watching(next));
    process.on('newListener', this.#onListener);
  }

  /** Resources that code below one of the folders created between two moments and that still exist, as text. */
  of(dirs: readonly string[], from: number, to: number): string[] {
    this.#kept = this.#kept.filter((each) => each.isThere());
    const found = this.#kept.filter(
      ({ place, at }) => at >= from && at < to && dirs.some((dir) => place.includes(`${dir}/`)),
    );
    return found.map(({ what, place }) => `${what} (${place.slice(place.indexOf(this.#root))})`);
  }

  dispose(): void {
    process.off('newListener', this.#onListener);
    this.#intervals.dispose();
    this.#kept = [];
  }

  readonly #onListener = (event: string | symbol, listener: (...args: unknown[]) => void): void => {
    const reference = new WeakRef(listener);
    const isThere = (): boolean => {
      const set = reference.deref();
      return set !== undefined && process.listeners(event as NodeJS.Signals).includes(set);
    };
    this.#keep(`a listener of the process for '${String(event)}'`, isThere);
  };

  #watching(next: typeof setInterval): typeof setInterval {
    const watched = (...args: Parameters<typeof setInterval>): NodeJS.Timeout => {
      const timer = next(...args);
      const reference = new WeakRef(timer as NodeJS.Timeout & { _destroyed?: boolean });
      // The mark of `clearInterval` on a timer (Node.js `lib/internal/timers.js`); there is no public way to find out.
      this.#keep('an interval', () => reference.deref()?._destroyed === false);
      return timer;
    };
    return watched as typeof setInterval;
  }

  #keep(what: string, isThere: () => boolean): void {
    const place = this.#placeOfCaller();
    if (place === undefined) return;
    if (this.#kept.length >= this.#many) {
      this.#kept = this.#kept.filter((each) => each.isThere());
      this.#many = Math.max(MANY, this.#kept.length * 2);
    }
    this.#kept.push({ what, place, at: performance.now(), isThere });
  }

  /** The innermost line of the stack that is below the root. */
  #placeOfCaller(): string | undefined {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = STACK_FRAMES;
    const { stack } = new Error();
    Error.stackTraceLimit = limit;
    const line = typeof stack === 'string' ? stack.split('\n').find((text) => text.includes(this.#root)) : undefined;
    return line?.trim().replace(/\)$/, '');
  }
}
