import type { StagedoorError } from '@stagedoor/bundle';
import { newestOf } from '../stage/newest';
import type { StagedBundle } from '../stage/stagedBundle';

/** What is known of one entry of the root directory. */
export interface DropRecord {
  entry: string;
  /** Name of the package, from this content or the last one that could be read; undefined before that. */
  packageName?: string;
  bundle?: StagedBundle;
  fault?: StagedoorError;
  /** The content this record speaks of. */
  seen: string;
}

/**
 * What is known of the root directory, entry by entry. Everything goes by the name of a package; an entry that never could
 * be read is shown by its own, or by that as a path (`./x`) where a package has this name: it is not that package.
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

  /** Replaces what is known of an entry. Returns the names whose drops are others now. */
  set(record: DropRecord): Set<string> {
    const { entry } = record;
    const names = new Set([this.#shown.get(entry), ...this.#makeWay(record.packageName)]);
    this.#records.set(entry, record);
    this.#shown.set(entry, record.packageName ?? this.nameOf(entry));
    names.add(this.#shown.get(entry));
    names.delete(undefined);
    return names as Set<string>;
  }

  /** Forgets an entry that is gone. Returns the names whose drops are others now. */
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

  /** The staged bundle that counts for a name: the highest version, the drop that sorts last among equals. */
  winner(name: string): StagedBundle | undefined {
    return newestOf(this.of(name).flatMap(({ bundle }) => (bundle ? [bundle] : [])))[0];
  }

  #isPackage(name: string): boolean {
    return this.all().some(({ packageName }) => packageName === name);
  }

  /** Gives the name of a package to it where an entry that could not be read was shown by it. */
  #makeWay(packageName: string | undefined): string[] {
    return this.all()
      .filter((record) => record.packageName === undefined && this.#shown.get(record.entry) === packageName)
      .flatMap(({ entry }) => {
        this.#shown.set(entry, `./${entry}`);
        return [packageName!, `./${entry}`];
      });
  }
}
