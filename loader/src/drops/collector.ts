import { collectStaged } from '../stage/collect';
import { stagedDirs } from '../stage/readStaged';
import type { Shelves } from '../stage/shelf';
import type { Bundles } from '../lifecycle/bundles';
import type { DropDirectory } from './dropDirectory';
import type { StatusStore } from '../lifecycle/statusStore';
import type { StateFile } from '../lifecycle/stateFile';

/** What {@link Collector} works with. */
export interface CollectorOptions {
  shelves: Shelves;
  drops: DropDirectory;
  bundles: Bundles;
  registry: StatusStore;
  state: StateFile;
}

const EVERY_MS = 5000;

/** Removes staged copies that are of no use any more, every few seconds until it is closed. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #timer: NodeJS.Timeout;

  constructor(options: CollectorOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.collect(), EVERY_MS).unref();
  }

  /** Removes them now, unless a drop is just being read. */
  async collect(): Promise<void> {
    const { shelves, drops, bundles, registry, state } = this.#options;
    if (!drops.idle) return;
    await bundles.retired();
    const loaded = registry.list().flatMap(({ name }) => bundles.loaded(name)?.dir ?? []);
    const kept = state.names().flatMap((name) => {
      const { chosen, serving, previous } = state.get(name);
      return [chosen, serving, previous].map((build) => (build ? stagedDirs(shelves, name, build.digest) : []));
    });
    // Where it cannot be seen which copies are kept, all are.
    const needed = await Promise.all(kept).catch(() => undefined);
    if (!needed || !drops.idle) return;
    await collectStaged(shelves, new Set([...loaded, ...needed.flat(), ...drops.stagedDirs()]));
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
