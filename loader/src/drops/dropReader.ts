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

/** A drop that is whole, and what it looked like, see `snapshot`. */
export interface FoundDrop {
  drop: Drop;
  seen: string;
}

/** What {@link DropReader} works with. */
export interface DropReaderOptions {
  root: string;
  shelves: Shelves;
  records: DropRecords;
  retries: Retries;
  registry: StatusStore;
  logger: LoggerService;
  ahead?: Ahead;
  /** Has an entry read, sooner or later. */
  changed(entry: string): void;
}

/** Stages drops before anybody asks for them: see `AheadThread`. */
export interface Ahead {
  staged(entry: string): Promise<StagedAhead | undefined>;
}

/** A drop whose content is in a staged copy now. */
type Staged = Pick<StagedAhead, 'bundle' | 'seen'> & { entry: string; copy?: string };

/** Reads entries of the root directory, once they are whole, into staged copies, and tells what keeps them from being read. */
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

  /** Ends the use of what was staged ahead: from here on drops change. */
  open(): void {
    this.#ahead = undefined;
  }

  /**
   * Notes that the root directory cannot be read, or can again (undefined). Meanwhile nothing is taken as removed; afterwards
   * every drop is looked at.
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

  /** What an entry holds, once nothing about it changes any more; the names that concerns where that is known already, or nothing. */
  async scan(entry: string): Promise<Scanned<FoundDrop>> {
    const { registry, records, retries } = this.#options;
    const earlier = records.get(entry);
    const drop = await this.#find(entry).catch((error: unknown) => asFault(error));
    if (isStagedoorError(drop)) return { names: this.#noteFault(entry, drop) };
    // Found in between two looks of whoever watches.
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
    // Gone while it settled: perhaps it is just being replaced.
    if (seen === '') return this.scan(entry);
    if (seen !== earlier?.seen) return { found: { drop, seen } };
    registry.forgetDiscovered(records.nameOf(entry));
    return { names: NONE };
  }

  /** Copies and checks a drop. Returns the names that this concerns. */
  async stage({ drop, seen }: FoundDrop): Promise<ReadonlySet<string>> {
    const { registry, records, changed } = this.#options;
    const { entry } = drop;
    const index = await this.#staged();
    const record = await this.#copy(drop, seen, index);
    // Changed while it was copied: what was read is no drop that anybody made. The next look decides.
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
   * Notes why an entry cannot be read. Where the root directory cannot, nothing is known of the entry; where the reason may
   * pass by itself, it is looked at again later, and told of once.
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
    const names = records.set({ entry, packageName: earlier?.packageName, fault, seen });
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

  /** A drop that is replaced by removing and copying is absent for a moment: it is gone when it stays away. */
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

/** What is wrong with a drop may be that it is still being written: only then is there longer to wait. */
async function lookAgain(drop: Drop, { fault, seen }: DropRecord): Promise<string> {
  return fault ? await settle(drop) : await quiet(drop, seen, PROMPT_TIMES.quietMs);
}
