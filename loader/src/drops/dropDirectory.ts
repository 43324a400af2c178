import type { LoggerService } from '@backstage/backend-plugin-api';
import type { ErrorCode, StagedoorError } from '@stagedoor/bundle';
import { existsSync } from 'node:fs';
import { listDrops } from '../scan/drop';
import type { Shelves } from '../stage/shelf';
import type { StagedBundle } from '../stage/stagedBundle';
import { isIntact } from '../stage/readStaged';
import type { Timings } from '../observability/timing/timings';
import type { Pipeline } from '../pipeline/pipeline';
import type { Choice, Scanned } from '../pipeline/steps';
import type { Bundles } from '../lifecycle/bundles';
import { asFault } from '../errors/asFault';
import { DropReader, type Ahead, type FoundDrop } from './dropReader';
import { DropRecords, type DropRecord } from './dropRecords';
import type { StatusStore } from '../lifecycle/statusStore';
import { Retries } from './retries';

/** Why a bundle is rejected until something else changes. */
const TRIED_AGAIN: ReadonlySet<ErrorCode | undefined> = new Set<ErrorCode | undefined>([
  'CONFIG_INVALID',
  'CONFIG_SCHEMA_LIMIT',
  'PLUGIN_ID_CONFLICT',
  'MODULE_ID_CONFLICT',
  'STATE_UNWRITABLE',
]);

/** Operator decisions about the drops of a name, see `Decisions`. */
interface DropDecisions {
  toRun(winner: StagedBundle): Promise<StagedBundle | undefined>;
  showDisabled(name: string, bundle: StagedBundle | undefined): boolean;
  lastGood(name: string, winner: StagedBundle | undefined, entry: string): Promise<StagedBundle | undefined>;
  packageOf(entry: string): string | undefined;
  forgetBuilds(name: string): Promise<void>;
  forgetRemoved(present: ReadonlySet<string>): Promise<void>;
}

/** Dependencies of {@link DropDirectory}. */
export interface DropDirectoryOptions {
  root: string;
  shelves: Shelves;
  pipeline: Pick<Pipeline<FoundDrop>, 'copy' | 'take' | 'reconcile'>;
  bundles: Pick<Bundles, 'isServed' | 'ranShort'>;
  decisions: DropDecisions;
  registry: StatusStore;
  logger: LoggerService;
  timings: Timings;
  /** Stages the drops that are present at the start. */
  ahead?: Ahead;
}

/**
 * Turns changes of the root directory into bundles coming and going. Several drops may contain one package: the highest
 * version takes precedence, so an archive of a new version can be dropped beside the old one.
 */
export class DropDirectory {
  readonly #options: DropDirectoryOptions;
  readonly #records = new DropRecords();
  readonly #reader: DropReader;
  readonly #retries = new Retries();
  readonly #dirty = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  #open = false;
  #closed = false;

  constructor(options: DropDirectoryOptions) {
    this.#options = options;
    const changed = (entry: string): void => this.changed(entry);
    this.#reader = new DropReader({
      ...options,
      ...{ records: this.#records, retries: this.#retries, changed },
      packageOf: (entry) => options.decisions.packageOf(entry),
    });
  }

  /** Stages every drop and returns the bundles to run, sorted by drop; errors are shown in the status. */
  async boot(): Promise<StagedBundle[]> {
    const entries = await listDrops(this.#options.root).catch((fault: StagedoorError) => {
      this.readable(fault);
      return [];
    });
    await Promise.all(entries.map((entry) => this.#options.pipeline.copy(entry)));
    const names = this.names();
    // An unreadable drop may contain any package.
    await this.#forgetRemoved();
    const bundles: StagedBundle[] = [];
    for (const name of names) {
      const winner = this.winner(name);
      const bundle = winner && (await this.#toRun(winner));
      if (!winner) this.#report(name);
      else if (bundle) bundles.push(bundle);
    }
    return bundles.sort((a, b) => (a.entry < b.entry ? -1 : 1));
  }

  /** Starts acting on changes, including those noticed since construction. */
  open(): void {
    this.#open = true;
    this.#reader.open();
    for (const name of this.names()) {
      this.#showDrop(name);
      this.#retryIfPassing(name);
    }
    for (const entry of this.#dirty) this.#work(entry);
  }

  /** Notes that something about an entry changed. */
  changed(entry: string): void {
    this.#dirty.add(entry);
    if (this.#open) this.#work(entry);
  }

  /** Notes that the root directory cannot be read, or can again: see {@link DropReader.readable}. */
  readable(fault: StagedoorError | undefined): void {
    this.#reader.readable(fault);
  }

  /** Why the root directory cannot be read now. */
  get rootFault(): StagedoorError | undefined {
    return this.#reader.rootFault;
  }

  /** Brings a bundle into its desired state; errors are logged. */
  async reconcileLater(name: string): Promise<void> {
    await this.#options.pipeline
      .reconcile(name)
      .catch((error: Error) => this.#options.logger.error(`${name} could not be started`, error));
  }

  /** Entries that have been read. */
  entries(): string[] {
    return this.#records.entries();
  }

  /** Stops; resolves when work in progress is done. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#retries.close();
    await Promise.all(this.#working.values());
    await this.#reader.close();
  }

  /** Folders of staged copies that are in use; copies that were rejected for good are not kept. */
  stagedDirs(): string[] {
    const { registry } = this.#options;
    return this.#records.all().flatMap(({ bundle }) => {
      if (!bundle) return [];
      const { state, digest, code } = registry.get(bundle.name) ?? {};
      const refused = state === 'rejected' && digest === bundle.digest && !TRIED_AGAIN.has(code);
      return refused ? [] : [bundle.dir];
    });
  }

  /** The names of all drops: see {@link DropRecords}. */
  names(): Set<string> {
    return this.#records.names();
  }

  /** What is known of an entry; undefined for one that is not there. */
  record(entry: string): Readonly<DropRecord> | undefined {
    return this.#records.get(entry);
  }

  /** The staged bundle that takes precedence for a name. */
  winner(name: string): StagedBundle | undefined {
    return this.#records.winner(name);
  }

  /**
   * Reads the drops of a name again: unreadable or changed ones, and those whose staged copy was touched, are staged again
   * and take effect.
   */
  async refresh(name: string): Promise<void> {
    for (const record of this.#records.of(name)) {
      const { bundle, entry } = record;
      if (!bundle || !(await isIntact(bundle.dir).catch(() => false))) record.seen = '';
      await this.take(entry);
    }
  }

  /** Reads an entry now; resolves when its content has taken effect, or failed to. */
  async take(entry: string): Promise<void> {
    this.changed(entry);
    await this.#working.get(entry);
  }

  /** The content of an entry once it has settled, see {@link DropReader.scan}. */
  scan(entry: string): Promise<Scanned<FoundDrop>> {
    return this.#reader.scan(entry);
  }

  /** Copies and checks a drop, see {@link DropReader.stage}. */
  stage(found: FoundDrop): Promise<ReadonlySet<string>> {
    return this.#reader.stage(found);
  }

  /** The next action for a name, given its drops and the operator's decisions. */
  async choose(name: string): Promise<Choice> {
    const { bundles, decisions, registry } = this.#options;
    const winner = this.winner(name);
    this.#showDrop(name);
    if (winner && !existsSync(winner.dir)) {
      // Rejected before, and not kept: it is read again.
      this.#records.get(winner.entry)!.seen = '';
      this.changed(winner.entry);
      return {};
    }
    if (winner) {
      const bundle = await this.#toRun(winner);
      const state = registry.get(name)?.state;
      const current = bundle && bundles.isServed(bundle) && state !== 'failed' && state !== 'rejected';
      return { run: current ? undefined : bundle };
    }
    if (this.names().has(name)) {
      this.#report(name);
      return {};
    }
    await decisions.forgetBuilds(name);
    // The removed drop may have been the unreadable one that could contain any package.
    await this.#forgetRemoved();
    return { remove: true };
  }

  /** The build that served last, for a name whose drop cannot run; see `Decisions.lastGood`. Never rejects. */
  async lastGood(name: string): Promise<StagedBundle | undefined> {
    const { registry, decisions, logger } = this.#options;
    const { state } = registry.get(name) ?? {};
    if ((state !== 'failed' && state !== 'rejected') || !this.names().has(name)) return undefined;
    const [first] = this.#records.of(name);
    return await decisions.lastGood(name, this.winner(name), first!.entry).catch((error: Error) => {
      logger.error(`${name}: the build that ran last could not be read`, error);
      return undefined;
    });
  }

  /** The choice for a name has taken effect, or failed to. */
  chosen(name: string): void {
    this.#retryIfPassing(name);
    this.#showDrop(name);
  }

  /** True if no drop is being read and all are readable. */
  get idle(): boolean {
    return this.#working.size === 0 && !this.rootFault;
  }

  /** One worker per entry: it repeats until nothing has changed since its last look. */
  #work(entry: string): void {
    if (this.#working.has(entry) || this.#closed) return;
    const { logger, timings, pipeline } = this.#options;
    const work = timings
      .load(async () => {
        while (this.#dirty.delete(entry) && !this.#closed) await pipeline.take(entry);
      })
      .catch((error: Error) => logger.error(`The drop ${entry} could not be handled`, error))
      .finally(() => {
        this.#working.delete(entry);
        if (this.#dirty.has(entry)) this.#work(entry);
      });
    this.#working.set(entry, work);
  }

  /** Forgets bundles without a drop, unless an unreadable drop may contain them. */
  async #forgetRemoved(): Promise<void> {
    if (this.rootFault || this.#records.all().some(({ packageName }) => packageName === undefined)) return;
    await this.#options.decisions.forgetRemoved(this.names());
  }

  /** As {@link DropDecisions.toRun}; if the copy to run cannot be read, its status says so, and it is tried again. */
  async #toRun(winner: StagedBundle): Promise<StagedBundle | undefined> {
    try {
      return await this.#options.decisions.toRun(winner);
    } catch (error) {
      this.#options.registry.set(winner.name, 'failed', { bundle: winner, fault: asFault(error) });
      return undefined;
    }
  }

  /** A bundle whose staged copy could not be checked, or that ran out of a resource, is tried again. */
  #retryIfPassing(name: string): void {
    const { bundles, registry } = this.#options;
    const key = `\0${name}`;
    const passing = registry.get(name)?.code === 'DROP_UNREADABLE' || bundles.ranShort(name);
    if (passing && this.winner(name)) {
      this.#retries.later(key, () => void this.reconcileLater(name));
    } else this.#retries.forget(key);
  }

  /** Shows the error of a name none of whose drops could be staged. */
  #report(name: string): void {
    if (this.#options.decisions.showDisabled(name, undefined)) return;
    const record = this.#records.of(name).find(({ fault }) => fault);
    if (record) this.#options.registry.set(name, 'rejected', { drop: record.entry, fault: record.fault });
  }

  /** Shows which build is in the drop that takes precedence, loaded or not. */
  #showDrop(name: string): void {
    const winner = this.winner(name);
    const onDisk = winner && { version: winner.version, digest: winner.digest, drop: winner.entry };
    this.#options.registry.patch(name, { onDisk });
  }
}
