import { listInvalid } from '../errors';

/** How many errors are listed: an invalid file may have one for each line. */
const MAX_NAMED = 20;

/** What is wrong at one place of a list. */
export interface ListFault {
  /** `file:line` and the key, as far as they are known. */
  where: string;
  message: string;
}

/** Collects the errors in the files of a list, to report them together. */
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
