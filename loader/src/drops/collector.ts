import { collectStaged } from '../stage/collect';
import { stagedDirs } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { Bundles } from '../lifecycle/bundles';
import type { DropDirectory } from './dropDirectory';
import type { StateFile } from '../lifecycle/stateFile';

/** Dependencies of {@link Collector}. */
export interface CollectorOptions {
  shelves: Shelves;
  drops: DropDirectory;
  bundles: Bundles;
  state: StateFile;
}

const EVERY_MS = 5000;

/** Removes unused staged copies every few seconds until it is closed. */
export class Collector {
  readonly #options: CollectorOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Starts once every present drop has been read. */
  start(): void {
    if (!this.#closed) this.#timer = setInterval(() => void this.collect(), EVERY_MS).unref();
  }

  /** Removes them now, unless a drop is being read. */
  async collect(): Promise<void> {
    const { shelves, drops, bundles, state } = this.#options;
    if (!drops.idle || this.#closed) return;
    await bundles.retired();
    const loaded = bundles.allLoaded().map(({ dir }) => dir);
    const kept = state.names().flatMap((name) => {
      const { chosen, serving, previous } = state.get(name);
      return [chosen, serving, previous].map((build) => (build ? stagedDirs(shelves, name, build.digest) : []));
    });
    // If it is unknown which copies are in use, all are kept.
    const needed = await Promise.all(kept).catch(() => undefined);
    if (!needed || !drops.idle || this.#closed) return;
    await collectStaged(shelves, new Set([...loaded, ...needed.flat(), ...drops.stagedDirs()]));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }
}
