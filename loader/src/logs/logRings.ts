import type { LogLine } from '../adminApi';

/** Longest text of a line. */
const LINE_CHARS = 8 * 1024;
/** Bounds of the lines of one build. */
const BUILD_LINES = 1000;
const BUILD_CHARS = 256 * 1024;
/** Builds of a plugin whose lines are kept. */
const BUILDS = 2;
/** Bound of the lines of all plugins. */
const ALL_CHARS = 16 * 1024 * 1024;

/** A line without what is added to it. */
export type NewLogLine = Omit<LogLine, 'id' | 'time' | 'version'>;

/** The lines of one build of a plugin. */
interface Ring {
  name: string;
  version: string;
  lines: LogLine[];
  chars: number;
}

/**
 * The latest log lines of each plugin, by version, in memory: at most 1000 lines and 256 Ki characters for each of two versions,
 * 16 Mi characters in all. They are not redacted yet.
 */
export class LogRings {
  /** By plugin, the one written last at the end. */
  readonly #rings = new Map<string, Ring[]>();
  readonly #listeners = new Map<string, Set<(line: LogLine) => void>>();
  #chars = 0;
  #next = 1;

  /** Adds a line of a build. */
  add(name: string, version: string, { message, ...line }: NewLogLine): void {
    const text = message.length > LINE_CHARS ? `${message.slice(0, LINE_CHARS)}…` : message;
    const complete: LogLine = { id: this.#next++, time: new Date().toISOString(), version, ...line, message: text };
    const ring = this.#ringOf(name, version);
    ring.lines.push(complete);
    ring.chars += text.length;
    this.#chars += text.length;
    while (ring.lines.length > BUILD_LINES || ring.chars > BUILD_CHARS) this.#drop(ring);
    while (this.#chars > ALL_CHARS) this.#forgetOldest(ring);
    for (const listener of this.#listeners.get(name) ?? []) listener(complete);
  }

  /** All lines of a plugin, oldest first. */
  of(name: string): LogLine[] {
    return (this.#rings.get(name) ?? []).flatMap(({ lines }) => lines).sort((a, b) => a.id - b.id);
  }

  /** Calls `listener` with every line of a plugin from now on, until the returned function is called. */
  subscribe(name: string, listener: (line: LogLine) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(name);
    };
  }

  #ringOf(name: string, version: string): Ring {
    const rings = this.#rings.get(name) ?? [];
    const ring = rings.find((each) => each.version === version) ?? { name, version, lines: [], chars: 0 };
    const others = rings.filter((each) => each !== ring);
    for (const old of others.splice(0, others.length - BUILDS + 1)) this.#chars -= old.chars;
    this.#rings.delete(name);
    this.#rings.set(name, [...others, ring]);
    return ring;
  }

  #drop(ring: Ring): void {
    const { length } = ring.lines.shift()!.message;
    ring.chars -= length;
    this.#chars -= length;
  }

  /** The lines of the plugin that was silent for longest go first. */
  #forgetOldest(current: Ring): void {
    for (const [name, rings] of this.#rings) {
      if (rings.includes(current)) continue;
      for (const { chars } of rings) this.#chars -= chars;
      this.#rings.delete(name);
      return;
    }
    this.#drop(current);
  }
}
