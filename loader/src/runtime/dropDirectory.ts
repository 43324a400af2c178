import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import { findDrop, type Drop } from '../scan/drop';
import { PROMPT_TIMES, SETTLE_TIMES, quiet, settle } from '../scan/settle';
import { listDrops } from '../scan/watchRoot';
import { newestOf } from '../stage/newest';
import type { Shelves } from '../stage/shelf';
import { stageDrop, type StagedBundle } from '../stage/stageDrop';
import { isIntact } from '../stage/readStaged';
import { StagedIndex } from '../stage/stagedIndex';
import { timed } from '../timing/timed';
import type { Timings } from '../timing/timings';
import type { Bundles } from './bundles';
import type { Decisions } from './decisions';
import { asFault } from './faults';
import { Lanes } from './lanes';
import { KeyedMutex } from './mutex';
import type { PluginRegistry } from './registry';

/** What is known of one entry of the root directory. */
interface DropRecord {
  entry: string;
  /** Package name, from this content or the last one that could be read; the entry's own name before that. */
  name: string;
  bundle?: StagedBundle;
  fault?: StagedoorError;
  /** The content this record speaks of. */
  seen: string;
}

/** What {@link DropDirectory} works with. */
export interface DropDirectoryOptions {
  root: string;
  shelves: Shelves;
  bundles: Bundles;
  decisions: Decisions;
  registry: PluginRegistry;
  logger: LoggerService;
  timings: Timings;
}

/**
 * Turns what happens in the root directory into bundles coming and going. Several drops may hold one package: the
 * highest version counts, so an archive of a new version can be dropped beside the old one.
 */
export class DropDirectory {
  readonly #options: DropDirectoryOptions;
  readonly #records = new Map<string, DropRecord>();
  readonly #dirty = new Set<string>();
  readonly #working = new Map<string, Promise<void>>();
  readonly #names = new KeyedMutex();
  /** Staging keeps disk and memory busy: a thousand drops at once must not take a thousand times as much. */
  readonly #staging = new Lanes(4);
  #index: Promise<StagedIndex> | undefined;
  #open = false;
  #closed = false;

  constructor(options: DropDirectoryOptions) {
    this.#options = options;
  }

  /** Stages every drop present and returns the bundles to run, sorted by drop; faults go to their status. */
  async boot(): Promise<StagedBundle[]> {
    const entries = await listDrops(this.#options.root);
    await Promise.all(entries.map((entry) => this.#read(entry)));
    const names = this.names();
    await this.#options.decisions.forgetRemoved(names);
    const bundles: StagedBundle[] = [];
    for (const name of names) {
      const winner = this.winner(name);
      const bundle = winner && (await this.#options.decisions.toRun(winner));
      if (!winner) this.#report(name);
      else if (bundle) bundles.push(bundle);
    }
    return bundles.sort((a, b) => (a.entry < b.entry ? -1 : 1));
  }

  /** Begins to act on changes, those noticed since construction included, and activates bundles that were `late` at boot. */
  open(late: readonly string[] = []): void {
    this.#open = true;
    for (const { name } of this.#records.values()) this.#showDrop(name);
    for (const name of late) {
      this.reconcile(name).catch((error: Error) => this.#options.logger.error(`${name} could not be started`, error));
    }
    for (const entry of this.#dirty) this.#work(entry);
  }

  /** Notes that something about an entry changed. */
  changed(entry: string): void {
    this.#dirty.add(entry);
    if (this.#open) this.#work(entry);
  }

  /** Entries that have been read. */
  entries(): string[] {
    return [...this.#records.keys()];
  }

  /** Ends all acting; resolves when what was under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#working.values());
    await (await this.#index)?.write();
  }

  /** Folders of staged copies that are still of use. */
  stagedDirs(): string[] {
    return [...this.#records.values()].flatMap(({ bundle }) => (bundle ? [bundle.dir] : []));
  }

  /** Package names of all drops. */
  names(): Set<string> {
    return new Set([...this.#records.values()].map(({ name }) => name));
  }

  /** Runs `work` while nothing else changes what is loaded under a name; then those who waited for its ids get their turn. */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await this.#names.run([name], work);
    } finally {
      await this.#retryConflicts(name);
    }
  }

  /**
   * Looks at the drops of a name again: those that could not be read, have changed, or whose staged copy was touched are
   * staged anew and take effect.
   */
  async refresh(name: string): Promise<void> {
    for (const record of [...this.#records.values()].filter((candidate) => candidate.name === name)) {
      const { bundle, entry } = record;
      if (!bundle || !(await isIntact(bundle.dir))) record.seen = '';
      await this.take(entry);
    }
  }

  /** Looks at an entry now; resolves when what it holds has taken effect, or failed to. */
  async take(entry: string): Promise<void> {
    this.changed(entry);
    await this.#working.get(entry);
  }

  /** Makes what is loaded under a name agree with its drops and with what operators decided. */
  async reconcile(name: string): Promise<void> {
    await this.exclusively(name, () => this.#apply(name));
  }

  /** True while no drop is being read. */
  get idle(): boolean {
    return this.#working.size === 0;
  }

  #staged(): Promise<StagedIndex> {
    this.#index ??= StagedIndex.open(this.#options.shelves);
    return this.#index;
  }

  /** One worker per entry: it goes on until nothing has changed since it last looked. */
  #work(entry: string): void {
    if (this.#working.has(entry) || this.#closed) return;
    const { logger, timings } = this.#options;
    const work = timings
      .load(async () => {
        while (this.#dirty.delete(entry) && !this.#closed) {
          const before = this.#records.get(entry);
          if (!(await this.#read(entry))) continue;
          const after = this.#records.get(entry);
          const names = new Set([before?.name, after?.name].filter((name) => name !== undefined));
          for (const name of names) await this.reconcile(name);
        }
      })
      .catch((error: Error) => logger.error(`The drop ${entry} could not be handled`, error))
      .finally(() => {
        this.#working.delete(entry);
        if (this.#dirty.has(entry)) this.#work(entry);
      });
    this.#working.set(entry, work);
  }

  /** Brings the record of an entry up to date. Returns false when its content is the one already known. */
  async #read(entry: string): Promise<boolean> {
    const { registry } = this.#options;
    const earlier = this.#records.get(entry);
    const drop = await this.#find(entry);
    if (!drop) {
      registry.forgetDiscovered(entry);
      (await this.#staged()).forget(entry);
      return this.#records.delete(entry);
    }
    if (!earlier) registry.set(entry, 'discovered', { drop: entry });
    const index = await this.#staged();
    const seen = await timed('settle', entry, () => settle(drop, index.seen(entry), PROMPT_TIMES));
    // Gone while it settled: perhaps it is just being replaced.
    if (seen === '') return this.#read(entry);
    const record = seen === earlier?.seen ? undefined : await this.#stage(drop, seen, index);
    // Changed while it was copied: what was read is no drop that anybody made. The next look decides.
    const stable = record && (await lookAgain(drop, record)) === seen;
    if (!stable || record.name !== entry) registry.forgetDiscovered(entry);
    if (!record) return false;
    if (!stable) {
      this.#dirty.add(entry);
      return false;
    }
    this.#records.set(entry, record);
    if (record.bundle) await index.note(entry, seen, record.bundle.dir);
    return true;
  }

  async #stage(drop: Drop, seen: string, index: StagedIndex): Promise<DropRecord> {
    const { entry } = drop;
    const { shelves } = this.#options;
    try {
      const bundle = await timed('stage', entry, () =>
        this.#staging.run(async () => (await index.copyOf(entry, seen)) ?? (await stageDrop(drop, shelves))),
      );
      return { entry, name: bundle.name, bundle, seen };
    } catch (error) {
      return { entry, name: this.#records.get(entry)?.name ?? entry, fault: asFault(error), seen };
    }
  }

  /** A drop that is replaced by removing and copying is absent for a moment: it is gone when it stays away. */
  async #find(entry: string): Promise<Drop | undefined> {
    const found = await findDrop(this.#options.root, entry);
    if (found || !this.#records.has(entry)) return found;
    await sleep(SETTLE_TIMES.quietMs);
    return findDrop(this.#options.root, entry);
  }

  async #apply(name: string): Promise<void> {
    const { bundles, decisions, registry, logger } = this.#options;
    const winner = this.winner(name);
    this.#showDrop(name);
    if (winner) {
      const bundle = await decisions.toRun(winner);
      const state = registry.get(name)?.state;
      const current = bundle && bundles.serves(bundle) && state !== 'failed' && state !== 'rejected';
      if (bundle && !current) await bundles.activate(bundle);
    } else if (this.names().has(name)) {
      this.#report(name);
    } else {
      await decisions.forgetBuilds(name);
      await bundles.deactivate(name).catch((error: Error) => logger.error(error.message, error));
    }
    this.#showDrop(name);
  }

  /** A bundle refused because of a conflict gets its turn when another one has come or gone. */
  async #retryConflicts(except: string): Promise<void> {
    const { bundles, registry } = this.#options;
    for (const { name } of registry.list()) {
      if (name === except || !bundles.conflicting(name)) continue;
      await this.#names.run([name], () => this.#apply(name));
    }
  }

  /** The staged bundle that counts for a name: the highest version, the drop that sorts last among equals. */
  winner(name: string): StagedBundle | undefined {
    const candidates = [...this.#records.values()]
      .filter((record) => record.name === name)
      .flatMap(({ bundle }) => (bundle ? [bundle] : []));
    return newestOf(candidates)[0];
  }

  /** Shows the fault of a name whose drops all could not be staged. */
  #report(name: string): void {
    if (this.#options.decisions.showDisabled(name, undefined)) return;
    const record = [...this.#records.values()].find((candidate) => candidate.name === name && candidate.fault);
    if (record) this.#options.registry.set(name, 'rejected', { drop: record.entry, fault: record.fault });
  }

  /** Shows which build the drop that counts holds, loaded or not. */
  #showDrop(name: string): void {
    const winner = this.winner(name);
    const onDisk = winner && { version: winner.version, digest: winner.digest, drop: winner.entry };
    this.#options.registry.patch(name, { onDisk });
  }
}

/** What is wrong with a drop may be that it is still being written: only then is there longer to wait. */
async function lookAgain(drop: Drop, { fault, seen }: DropRecord): Promise<string> {
  return fault ? await settle(drop) : await quiet(drop, seen, PROMPT_TIMES.quietMs);
}
