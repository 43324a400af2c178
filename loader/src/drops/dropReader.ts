import type { LoggerService } from '@backstage/backend-plugin-api';
import { isStagedoorError, type StagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { StagedAhead } from '../ahead/messages';
import { passingCause } from '../errors/passingCause';
import { findDrop, listDrops, type Drop } from '../scan/drop';
import { PROMPT_TIMES, SETTLE_TIMES, quiet, settle } from '../scan/settle';
import type { Shelves } from '../stage/shelf';
import { stageDrop } from '../stage/stageDrop';
import { StagedIndex } from '../stage/stagedIndex';
import { timed } from '../observability/timing/timed';
import type { Scanned } from '../pipeline/steps';
import type { DropRecord, DropRecords } from './dropRecords';
import { asFault } from '../errors/asFault';
import type { StatusStore } from '../lifecycle/statusStore';
import type { Retries } from './retries';

const NONE: ReadonlySet<string> = new Set();
const NOTHING = (): void => {};

/** A settled drop, and its snapshot. */
export interface FoundDrop {
  drop: Drop;
  seen: string;
}

/** Dependencies of {@link DropReader}. */
export interface DropReaderOptions {
  root: string;
  shelves: Shelves;
  records: DropRecords;
  retries: Retries;
  registry: StatusStore;
  logger: LoggerService;
  ahead?: Ahead;
  /** The package that an entry held when it ran last. */
  packageOf(entry: string): string | undefined;
  /** Schedules reading an entry. */
  changed(entry: string): void;
}

/** Stages drops in advance: see `AheadThread`. */
export interface Ahead {
  staged(entry: string): Promise<StagedAhead | undefined>;
}

/** A drop whose content is now in a staged copy. */
type Staged = Pick<StagedAhead, 'bundle' | 'seen'> & { entry: string; copy?: string };

/** Reads settled entries of the root directory into staged copies, and reports why some cannot be read. */
export class DropReader {
  readonly #options: DropReaderOptions;
  /** Staging keeps disk and memory busy: a thousand drops at once must not take a thousand times as much. */
  readonly #staging = pLimit(4);
  #index: Promise<StagedIndex> | undefined;
  #rootFault: StagedoorError | undefined;
  #ahead: Ahead | undefined;

  constructor(options: DropReaderOptions) {
    this.#options = options;
    this.#ahead = options.ahead;
  }

  /** Ends the use of copies that were staged ahead: from now on drops change. */
  open(): void {
    this.#ahead = undefined;
  }

  /**
   * Records that the root directory cannot be read, or can again (undefined). Meanwhile no drop counts as removed; afterwards
   * every drop is read.
   */
  readable(fault: StagedoorError | undefined): void {
    const { logger, root, records, changed } = this.#options;
    const before = this.#rootFault;
    this.#rootFault = fault;
    if (fault && !before) logger.error(faultText(fault));
    if (fault || !before) return;
    logger.info(`${root} can be read again`);
    for (const entry of records.entries()) changed(entry);
  }

  /** Why the root directory cannot be read now. */
  get rootFault(): StagedoorError | undefined {
    return this.#rootFault;
  }

  /** The content of an entry once it has settled. Returns the affected names if they are known already, or nothing. */
  async scan(entry: string): Promise<Scanned<FoundDrop>> {
    const { registry, records, retries } = this.#options;
    const earlier = records.get(entry);
    const drop = await this.#find(entry).catch((error: unknown) => asFault(error));
    if (isStagedoorError(drop)) return { names: this.#noteFault(entry, drop) };
    // Found between two polls of the watcher.
    if (this.#rootFault) await listDrops(this.#options.root).then(() => this.readable(undefined), NOTHING);
    if (!drop) {
      registry.forgetDiscovered(records.nameOf(entry));
      retries.forget(entry);
      (await this.#staged()).forget(entry);
      return { names: records.delete(entry) };
    }
    if (!earlier) registry.set(records.nameOf(entry), 'discovered', { drop: entry });
    const index = await this.#staged();
    const ahead = this.#ahead;
    const staged = ahead && (await timed('stage', entry, () => ahead.staged(entry)));
    if (staged) return { names: await this.#noteStaged({ entry, ...staged }, index) };
    const seen = await timed('settle', entry, () => settle(drop, index.seen(entry), PROMPT_TIMES));
    // It disappeared while it settled: it may be in the middle of a replacement.
    if (seen === '') return this.scan(entry);
    if (seen !== earlier?.seen) return { found: { drop, seen } };
    registry.forgetDiscovered(records.nameOf(entry));
    return { names: NONE };
  }

  /** Copies and checks a drop. Returns the affected names. */
  async stage({ drop, seen }: FoundDrop): Promise<ReadonlySet<string>> {
    const { registry, records, changed } = this.#options;
    const { entry } = drop;
    const index = await this.#staged();
    const record = await this.#copy(drop, seen, index);
    // Changed while it was copied: the copy is a mix. The next read decides.
    const stable = (await lookAgain(drop, record)) === seen;
    if (!stable || record.packageName !== entry) registry.forgetDiscovered(records.nameOf(entry));
    if (!stable) {
      changed(entry);
      return NONE;
    }
    if (record.fault) return this.#noteFault(entry, record.fault, seen);
    const { bundle } = record;
    return await this.#noteStaged({ entry, bundle: bundle!, seen }, index);
  }

  async #noteStaged({ entry, bundle, seen, copy }: Staged, index: StagedIndex): Promise<ReadonlySet<string>> {
    const { registry, records, retries } = this.#options;
    if (bundle.name !== entry) registry.forgetDiscovered(records.nameOf(entry));
    retries.forget(entry);
    await index.note(entry, seen, bundle.dir, copy);
    return records.set({ entry, packageName: bundle.name, bundle, seen });
  }

  /**
   * Records why an entry cannot be read. While the root directory is unreadable, nothing is known of the entry. If the cause
   * may pass, the entry is read again later, and the error is reported once.
   */
  #noteFault(entry: string, fault: StagedoorError, seen = ''): ReadonlySet<string> {
    const { records, retries, changed } = this.#options;
    const earlier = records.get(entry);
    const passing = passingCause(fault);
    if (passing) {
      retries.later(entry, () => {
        const record = records.get(entry);
        if (record?.fault) record.seen = '';
        changed(entry);
      });
    } else retries.forget(entry);
    if (fault.code === 'ROOT_UNREADABLE') {
      this.readable(fault);
      return NONE;
    }
    const known = passing && earlier?.fault?.code === fault.code && passingCause(earlier.fault) === passing;
    const packageName = earlier?.packageName ?? this.#options.packageOf(entry);
    const names = records.set({ entry, packageName, fault, seen });
    return known ? NONE : names;
  }

  async #copy(drop: Drop, seen: string, index: StagedIndex): Promise<DropRecord> {
    const { entry } = drop;
    try {
      const bundle = await timed('stage', entry, () =>
        this.#staging(async () => (await index.copyOf(entry, seen)) ?? (await stageDrop(drop, this.#options.shelves))),
      );
      return { entry, packageName: bundle.name, bundle, seen };
    } catch (error) {
      return { entry, fault: asFault(error), seen };
    }
  }

  /** A drop that is replaced by removing and copying is absent for a moment: it counts as removed only after a delay. */
  async #find(entry: string): Promise<Drop | undefined> {
    const found = await findDrop(this.#options.root, entry);
    if (found || !this.#options.records.get(entry)) return found;
    await sleep(SETTLE_TIMES.quietMs);
    return findDrop(this.#options.root, entry);
  }

  async close(): Promise<void> {
    await (await this.#index)?.write();
  }

  #staged(): Promise<StagedIndex> {
    this.#index ??= StagedIndex.open(this.#options.shelves);
    return this.#index;
  }
}

/** A faulty drop may still be being written: only then is it worth waiting longer. */
async function lookAgain(drop: Drop, { fault, seen }: DropRecord): Promise<string> {
  return fault ? await settle(drop) : await quiet(drop, seen, PROMPT_TIMES.quietMs);
}
