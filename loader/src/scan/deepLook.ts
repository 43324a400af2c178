import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { findDrop } from './drop';
import { isRemote } from './looks';
import { snapshot } from './snapshot';

/** Time for one look, in milliseconds; at least one drop is looked at. */
const BUDGET_MS = 50;

/** Looks at every file of drops whose changes cause no events, a few drops at a time. */
export class DeepLook {
  readonly #root: string;
  /** The last {@link snapshot} of each drop, in the order of their turns. */
  readonly #seen = new Map<string, string>();
  #everywhere = false;

  constructor(root: string) {
    this.#root = root;
  }

  /** From here on drops of all volumes are looked at: there are no events. */
  everywhere(): void {
    this.#everywhere = true;
  }

  /** Those of the drops, given with the device that each is on, that differ from the last look at them, or had none. */
  async changed(drops: ReadonlyMap<string, number | undefined>): Promise<string[]> {
    for (const entry of this.#seen.keys()) if (!drops.has(entry)) this.#seen.delete(entry);
    const until = performance.now() + BUDGET_MS;
    const changed: string[] = [];
    const turns = new Set([...[...drops.keys()].filter((entry) => !this.#seen.has(entry)), ...this.#seen.keys()]);
    for (const entry of turns) {
      const device = drops.get(entry);
      if (device === undefined) continue;
      if (!this.#everywhere && !(await isRemote(join(this.#root, entry), device))) continue;
      const text = await this.#look(entry);
      if (this.#seen.get(entry) !== text) changed.push(entry);
      this.#seen.delete(entry);
      this.#seen.set(entry, text);
      if (performance.now() > until) break;
    }
    return changed;
  }

  async #look(entry: string): Promise<string> {
    const drop = await findDrop(this.#root, entry).catch(() => undefined);
    return drop ? (await snapshot(drop)).text : '';
  }
}
