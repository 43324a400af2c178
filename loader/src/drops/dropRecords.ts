import type { StagedoorError } from '@stagedoor/bundle';
import { newestOf } from '../stage/newest';
import type { StagedBundle } from '../stage/stagedBundle';

/** Record of one entry of the root directory. */
export interface DropRecord {
  entry: string;
  /** Name of the package, from this content or the last readable one; undefined before that. */
  packageName?: string;
  bundle?: StagedBundle;
  fault?: StagedoorError;
  /** The content that this record describes. */
  seen: string;
}

/**
 * Records of the root directory, by entry. Everything is keyed by package name; an entry that was never readable is shown by
 * its own name, or as a path (`./x`) if a package has that name.
 */
export class DropRecords {
  readonly #records = new Map<string, DropRecord>();
  readonly #shown = new Map<string, string>();

  all(): DropRecord[] {
    return [...this.#records.values()];
  }

  entries(): string[] {
    return [...this.#records.keys()];
  }

  get(entry: string): DropRecord | undefined {
    return this.#records.get(entry);
  }

  /** Replaces the record of an entry. Returns the names whose drops have changed. */
  set(record: DropRecord): Set<string> {
    const { entry } = record;
    const names = new Set([this.#shown.get(entry), ...this.#makeWay(record.packageName)]);
    this.#records.set(entry, record);
    this.#shown.set(entry, record.packageName ?? this.nameOf(entry));
    names.add(this.#shown.get(entry));
    names.delete(undefined);
    return names as Set<string>;
  }

  /** Removes the record of an entry. Returns the names whose drops have changed. */
  delete(entry: string): Set<string> {
    const name = this.#shown.get(entry);
    this.#records.delete(entry);
    this.#shown.delete(entry);
    return new Set(name === undefined ? [] : [name]);
  }

  /** The name that an entry is shown by. */
  nameOf(entry: string): string {
    return this.#shown.get(entry) ?? (this.#isPackage(entry) ? `./${entry}` : entry);
  }

  /** The names of all drops. */
  names(): Set<string> {
    return new Set(this.#shown.values());
  }

  /** The records that are shown by a name. */
  of(name: string): DropRecord[] {
    return this.all().filter(({ entry }) => this.#shown.get(entry) === name);
  }

  /** The staged bundle that takes precedence for a name: the highest version; among equals, the drop that sorts last. */
  winner(name: string): StagedBundle | undefined {
    return newestOf(this.of(name).flatMap(({ bundle }) => (bundle ? [bundle] : [])))[0];
  }

  #isPackage(name: string): boolean {
    return this.all().some(({ packageName }) => packageName === name);
  }

  /** Frees the name of a package if an unreadable entry was shown by it. */
  #makeWay(packageName: string | undefined): string[] {
    return this.all()
      .filter((record) => record.packageName === undefined && this.#shown.get(record.entry) === packageName)
      .flatMap(({ entry }) => {
        this.#shown.set(entry, `./${entry}`);
        return [packageName!, `./${entry}`];
      });
  }
}
