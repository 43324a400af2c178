import type { StagedoorError } from '@stagedoor/bundle';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryEntry } from '../adminApi';
import { stateUnwritable } from '../stage/errors';
import { StateWriter, putAside, type WritingLock } from '../stage/stateWriter';
import { historyDamaged } from './errors';

const FILE = 'history.json';
/** Entries that are kept: of one plugin, and of all. */
const OF_PLUGIN = 100;
const OF_ALL = 5000;

/** How a {@link History} is opened. */
export interface HistoryOptions {
  lock: WritingLock;
  /** Hears of a file that was put aside, and of one that cannot be written. */
  onFault(fault: StagedoorError): void;
}

/** `<stateDir>/history.json`: what happened to each plugin, also before a restart of the portal. */
export class History {
  readonly #writer: StateWriter;
  readonly #onFault: HistoryOptions['onFault'];
  #entries: HistoryEntry[];

  private constructor(path: string, entries: HistoryEntry[], { lock, onFault }: HistoryOptions) {
    this.#writer = new StateWriter(path, lock, () => this.#text());
    this.#entries = entries;
    this.#onFault = onFault;
  }

  /** Reads the file, if there is one. One that is damaged is put aside and reported: the portal starts all the same. */
  static async open(stateDirectory: string, options: HistoryOptions): Promise<History> {
    const path = join(stateDirectory, FILE);
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') options.onFault(stateUnwritable(path, error));
      return new History(path, [], options);
    }
    const entries = parse(text);
    if (entries) return new History(path, entries, options);
    await putAside(path).then(
      (aside) => options.onFault(historyDamaged(path, aside)),
      (error: unknown) => options.onFault(stateUnwritable(path, error)),
    );
    return new History(path, [], options);
  }

  /** What happened to a plugin, latest first. */
  of(name: string): HistoryEntry[] {
    return this.#entries.filter(({ plugin }) => plugin === name).reverse();
  }

  /** Adds an entry; it is on the disk soon after. */
  add(entry: Omit<HistoryEntry, 'id'>): void {
    const id = (this.#entries.at(-1)?.id ?? 0) + 1;
    this.#entries.push({ id, ...entry });
    const own = this.#entries.filter(({ plugin }) => plugin === entry.plugin);
    const over = new Set(own.slice(0, Math.max(0, own.length - OF_PLUGIN)));
    this.#entries = this.#entries.filter((each) => !over.has(each)).slice(-OF_ALL);
    void this.#writer.write().catch((fault: StagedoorError) => this.#onFault(fault));
  }

  /** Resolves when nothing is left to be written. */
  async close(): Promise<void> {
    await this.#writer.close();
  }

  #text(): string {
    return `${JSON.stringify({ format: 1, entries: this.#entries })}\n`;
  }
}

/** The entries in the file; undefined for anything that {@link History} did not write. */
function parse(text: string): HistoryEntry[] | undefined {
  try {
    const { format, entries } = (JSON.parse(text) ?? {}) as { format?: unknown; entries?: unknown };
    return format === 1 && Array.isArray(entries) && entries.every(isEntry) ? entries : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is HistoryEntry {
  const { id, plugin, kind, at, outcome } = (value ?? {}) as Record<string, unknown>;
  return Number.isSafeInteger(id) && [plugin, kind, at, outcome].every((field) => typeof field === 'string');
}
