import type { StagedoorError } from '@stagedoor/bundle';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gt, valid } from 'semver';
import { areMigrations, type AppliedMigration } from '../migrations/records';
import { stateUnwritable } from '../stage/errors';
import { StateWriter, putAside, type WritingLock } from '../stage/stateWriter';
import { stateFileDamaged } from './errors';

const FILE = 'plugins.json';

/** A build of a bundle whose staged copy is kept. */
export interface BuildRef {
  /** Hex sha256 over all files. */
  digest: string;
  version: string;
}

/** What is remembered of a bundle when the portal restarts. */
export interface PluginRecord {
  /** An operator took it out of service. */
  disabled?: { since: string; by: string };
  /** It crashed too often; counts for that digest only. */
  quarantined?: { since: string; digest: string; message: string; pluginIds?: string[] };
  /** An operator went back to this build, away from the drop with the digest `instead`. */
  chosen?: BuildRef & { instead: string; by?: string; since?: string };
  /** The build that served last. */
  serving?: BuildRef & { drop?: string };
  /** The build that served before that one. */
  previous?: BuildRef;
  /** The newest version that served, or that an operator went back to. Not forgotten when the drop is removed. */
  newest?: { version: string };
  /** Ids that it provided when it served last (see `claimsOf`): nobody else gets them while its drop is there. */
  holds?: string[];
  /** Plugins that it may run in the portal for, see `OpenExceptions`. Not forgotten when the drop is removed. */
  inPortal?: string[];
  /** Migrations that are in the databases of its plugins, see `MigrationRecords`. */
  migrations?: AppliedMigration[];
}

/** What is in the file. */
interface Content {
  format: 1;
  /** Every event of earlier runs has a lower id. */
  eventsFrom: number;
  plugins: Record<string, PluginRecord>;
}

/** Ids that a run of the portal may use before the clock has moved on that far. */
const EVENTS_PER_RUN = 1_000_000_000;

/** How a {@link StateFile} is opened. */
export interface StateFileOptions {
  lock: WritingLock;
  /** Hears of a file that was put aside: STATE_FILE_DAMAGED. */
  onDamage(fault: StagedoorError): void;
}

/** `<stateDir>/plugins.json`: what operators decided, and what a restart must not make forgotten. */
export class StateFile {
  readonly #writer: StateWriter;
  readonly #records: Map<string, PluginRecord>;
  #eventsFrom: number;

  private constructor(path: string, { plugins, eventsFrom }: Omit<Content, 'format'>, lock: WritingLock) {
    this.#writer = new StateWriter(path, lock, () => this.#text());
    this.#records = new Map(Object.entries(plugins));
    this.#eventsFrom = eventsFrom;
  }

  /** Reads the file, if there is one. One that is damaged is put aside: the portal starts all the same. Throws STATE_UNWRITABLE. */
  static async open(stateDirectory: string, { lock, onDamage }: StateFileOptions): Promise<StateFile> {
    const path = join(stateDirectory, FILE);
    const empty = { plugins: {}, eventsFrom: 0 };
    try {
      const content = parse(await readFile(path, 'utf8'));
      if (!content) onDamage(stateFileDamaged(path, await putAside(path)));
      return new StateFile(path, content ?? empty, lock);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw stateUnwritable(path, error);
      return new StateFile(path, empty, lock);
    }
  }

  /** Names of all bundles of which something is remembered. */
  names(): string[] {
    return [...this.#records.keys()];
  }

  /** What is remembered of a bundle. */
  get(name: string): Readonly<PluginRecord> {
    return this.#records.get(name) ?? {};
  }

  /** The first id of the events of this run, `first` or a higher one that no earlier run has used; later runs begin higher still. */
  async reserveEvents(first: number): Promise<number> {
    const from = Math.max(first, this.#eventsFrom + 1);
    this.#eventsFrom = from + EVENTS_PER_RUN;
    await this.#writer.write();
    return from;
  }

  /** What a rollback brings back: the latest build that served and is not the one with `digest`. */
  rollbackTarget(name: string, digest: string | undefined): BuildRef | undefined {
    const { serving, previous } = this.get(name);
    return [serving, previous].find((build) => build && build.digest !== digest);
  }

  /** Remembers which build serves, and which ids it provides; the one before it becomes the previous one. */
  async served(name: string, { digest, version, entry }: BuildRef & { entry: string }, holds: string[]): Promise<void> {
    const { serving } = this.get(name);
    const same = serving?.digest === digest;
    const builds = { serving: { digest, version, drop: entry }, ...(serving && !same && { previous: serving }) };
    const newest = newer(this.newest(name), version);
    await this.update(name, {
      holds,
      ...(newest !== undefined && { newest: { version: newest } }),
      ...builds,
    });
  }

  /** The newest version that served, or that an operator went back to; undefined if none could be compared. */
  newest(name: string): string | undefined {
    const { newest, serving, previous } = this.get(name);
    return newest?.version ?? newer(serving?.version, previous?.version);
  }

  /** The bundle that provided an id when it served last. */
  holderOf(claim: string): string | undefined {
    return this.names().find((name) => this.get(name).holds?.includes(claim));
  }

  /**
   * Changes what is remembered of a bundle; `undefined` forgets. Resolves when it is on the disk; rejects with
   * STATE_UNWRITABLE or STATE_DIRECTORY_IN_USE, and then nothing has changed.
   */
  async update(name: string, changes: Partial<PluginRecord>): Promise<void> {
    const before = this.get(name);
    const record: PluginRecord = Object.fromEntries(
      Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined),
    );
    if (JSON.stringify(record) === JSON.stringify(before)) return;
    this.#set(name, record);
    try {
      await this.#writer.write();
    } catch (error) {
      // Unless it was changed again meanwhile.
      const empty = Object.keys(record).length === 0;
      if (this.#records.get(name) === (empty ? undefined : record)) this.#set(name, before);
      throw error;
    }
  }

  #set(name: string, record: PluginRecord): void {
    if (Object.keys(record).length === 0) this.#records.delete(name);
    else this.#records.set(name, record);
  }

  /** Resolves when nothing is left to be written. */
  async close(): Promise<void> {
    await this.#writer.close();
  }

  #text(): string {
    const content: Content = {
      format: 1,
      eventsFrom: this.#eventsFrom,
      plugins: Object.fromEntries([...this.#records].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
    return `${JSON.stringify(content, null, 2)}\n`;
  }
}

/** The content of the file; undefined for anything that {@link StateFile} did not write. */
function parse(text: string): Content | undefined {
  try {
    const value = JSON.parse(text) as Partial<Content> | null;
    const plugins = value?.plugins;
    if (value?.format !== 1 || !Number.isSafeInteger(value.eventsFrom)) return undefined;
    if (typeof plugins !== 'object' || plugins === null) return undefined;
    return Object.values(plugins).every(isRecord) ? (value as Content) : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): boolean {
  const { disabled, quarantined, chosen, serving, previous, newest, holds, inPortal, migrations } = (value ??
    {}) as Record<string, Record<string, unknown>>;
  const has = (part: Record<string, unknown> | undefined, ...keys: string[]): boolean =>
    part === undefined || keys.every((key) => typeof part[key] === 'string');
  return (
    has(disabled, 'since', 'by') &&
    has(quarantined, 'since', 'digest', 'message') &&
    areIds(quarantined?.pluginIds) &&
    areIds(holds) &&
    areIds(inPortal) &&
    has(chosen, 'digest', 'version', 'instead') &&
    has(serving, 'digest', 'version') &&
    has(previous, 'digest', 'version') &&
    has(newest, 'version') &&
    areMigrations(migrations)
  );
}

/** Of two versions the higher one; what is no version does not count. */
function newer(a: string | undefined, b: string | undefined): string | undefined {
  if (!valid(a) || !valid(b)) return valid(a) ? a : valid(b) ? b : undefined;
  return gt(b!, a!) ? b : a;
}

function areIds(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((id) => typeof id === 'string'));
}
