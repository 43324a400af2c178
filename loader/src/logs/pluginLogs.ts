import type { LogLine, PluginLogs as Logs } from '../adminApi';
import { STATIC_OWNER, type Composition } from '../composition/part';
import { LogRings, type NewLogLine } from './logRings';
import { mapStack } from './mapStack';
import { isWanted, type Wanted } from './selectLines';
import type { LineSink } from './teeLogger';

const TAIL = 200;
const MOST = 2000;
/** Lines that the hint of a crash shows. */
const LAST_LINES = 5;

/** Dependencies of {@link PluginLogs}. */
export interface PluginLogsOptions {
  /** Below it are the staged copies, whose stacks are mapped to sources. */
  stateDirectory: string;
  /** The version of a plugin that runs or starts. */
  versionOf(name: string): string;
  /** Hides secrets as the portal's log does. */
  redactor(): Promise<(text: string) => string>;
}

/** The log of each plugin: what it logs, the output of its process, its starts and its crashes. */
export class PluginLogs {
  readonly #rings = new LogRings();
  readonly #options: PluginLogsOptions;
  /** What the last call of the redactor gave; undefined before that. */
  #redact: ((text: string) => string) | undefined;

  constructor(options: PluginLogsOptions) {
    this.#options = options;
  }

  /** Adds a line of a plugin. */
  add(name: string, line: NewLogLine, version = this.#options.versionOf(name)): void {
    this.#rings.add(name, version, line);
  }

  /** Takes the lines of a unit, for the bundle of its plugin; undefined for a plugin of the portal itself. */
  sinkOf({ plugin }: Composition): LineSink | undefined {
    if (!plugin || plugin.owner === STATIC_OWNER) return undefined;
    return this.sinkFor([{ name: plugin.owner }]);
  }

  /** Takes the lines of a module whose plugin is the portal's own, or of a process of several bundles. */
  sinkFor(bundles: ReadonlyArray<{ name: string; version?: string }>): LineSink {
    const owners = bundles.map(({ name, version = this.#options.versionOf(name) }) => ({ name, version }));
    return (line) => {
      for (const { name, version } of owners) this.#rings.add(name, version, line);
    };
  }

  /** The latest lines of a plugin, redacted. `tail`: how many at most, 200 unless said. */
  async read(name: string, wanted: Wanted, tail = TAIL): Promise<Logs> {
    const all = this.#rings.of(name);
    const shown = await Promise.all(all.map((line) => this.show(line)));
    const lines = shown.filter((line) => isWanted(line, wanted));
    const most = Math.min(tail, MOST);
    return {
      lines: most > 0 ? lines.slice(-most) : [],
      versions: [...new Set(all.map(({ version }) => version))],
      lastId: all.at(-1)?.id ?? 0,
    };
  }

  /** Calls `listener` with every new line, until the returned function is called. */
  follow(name: string, listener: (line: LogLine) => void): () => void {
    return this.#rings.subscribe(name, listener);
  }

  /** A line as others may see it: redacted, its stack mapped to sources. */
  async show(line: LogLine): Promise<LogLine> {
    const redact = await this.#options.redactor();
    this.#redact = redact;
    const mapped = line.message.includes(this.#options.stateDirectory)
      ? await mapStack(line.message, this.#options.stateDirectory)
      : line.message;
    return { ...line, message: redact(mapped) };
  }

  /** Prepares {@link lastLines}, which cannot wait. */
  async prepare(): Promise<void> {
    this.#redact = await this.#options.redactor();
  }

  /** The last lines of the process of a plugin, redacted; none if the secrets to hide are not known yet. */
  lastLines(name: string): string[] {
    const redact = this.#redact;
    if (!redact) return [];
    const own = this.#rings.of(name).filter(({ source }) => source !== 'portal');
    return own.slice(-LAST_LINES).map(({ message }) => redact(message));
  }
}
