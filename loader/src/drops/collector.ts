import { collectStaged } from '../stage/collect';
import { stagedDirs } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { Bundles } from '../lifecycle/bundles';
import type { DropDirectory } from './dropDirectory';
import type { StateFile } from '../lifecycle/stateFile';

/** What {@link Collector} works with. */
export interface CollectorOptions {
  shelves: Shelves;
  drops: DropDirectory;
  bundles: Bundles;
  state: StateFile;
}

const EVERY_MS = 5000;

/** Removes staged copies that are of no use any more, every few seconds until it is closed. */
export class Collector {
  readonly #options: CollectorOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Begins, when every drop that is there has been read. */
  start(): void {
    if (!this.#closed) this.#timer = setInterval(() => void this.collect(), EVERY_MS).unref();
  }

  /** Removes them now, unless a drop is just being read. */
  async collect(): Promise<void> {
    const { shelves, drops, bundles, state } = this.#options;
    if (!drops.idle || this.#closed) return;
    await bundles.retired();
    const loaded = bundles.allLoaded().map(({ dir }) => dir);
    const kept = state.names().flatMap((name) => {
      const { chosen, serving, previous } = state.get(name);
      return [chosen, serving, previous].map((build) => (build ? stagedDirs(shelves, name, build.digest) : []));
    });
    // Where it cannot be seen which copies are kept, all are.
    const needed = await Promise.all(kept).catch(() => undefined);
    if (!needed || !drops.idle || this.#closed) return;
    await collectStaged(shelves, new Set([...loaded, ...needed.flat(), ...drops.stagedDirs()]));
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }
}
