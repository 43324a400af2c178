import { listInvalid } from '../errors';

/** How many faults are named: a file of nonsense has one for each of its lines. */
const MAX_NAMED = 20;

/** What is wrong at one place of a list. */
export interface ListFault {
  /** `file:line` and the key, as far as they are known. */
  where: string;
  message: string;
}

/** What is wrong in the files that list plugins, told together. */
export class Faults {
  readonly #found: string[] = [];

  add(where: string, message: string): void {
    this.#found.push(`${where}: ${message}`);
  }

  get any(): boolean {
    return this.#found.length > 0;
  }

  /** Throws PLUGIN_LIST_INVALID if anything was found; `details.faults` has one line each. */
  throwIfAny(): void {
    if (!this.any) return;
    const more = this.#found.length > MAX_NAMED ? [`and ${this.#found.length - MAX_NAMED} more`] : [];
    throw listInvalid([...this.#found.slice(0, MAX_NAMED), ...more], this.#found.slice(0, 100));
  }
}
