import { readDurationFromConfig, type Config } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';

/** Constraints of a number. */
interface NumberLimits {
  min: number;
  max: number;
  /** Description of the accepted values, for example `a port from 1 to 65535`. */
  accepted: string;
}

const HOUR_MS = 3_600_000;

/**
 * A reader of one section of `dynamicPlugins`: an invalid value adds a line to `faults` that names the key and the accepted
 * values, and reads as absent. All sections share one list, so that all errors are reported together.
 */
export class Section {
  readonly path: string;
  readonly faults: string[];
  readonly #config: Config | undefined;

  /** `accepted`: the known keys; undefined if the operator chooses them (plugin ids). */
  constructor(config: Config | undefined, path: string, faults: string[], accepted?: readonly string[]) {
    this.#config = config;
    this.path = path;
    this.faults = faults;
    for (const key of accepted ? this.keys() : []) {
      if (!accepted!.includes(key))
        faults.push(`unknown key '${this.#pathOf(key)}'; expected one of: ${accepted!.join(', ')}`);
    }
  }

  keys(): string[] {
    return this.#config?.keys() ?? [];
  }

  has(key: string): boolean {
    return this.#config?.has(key) ?? false;
  }

  /** A nested section; empty if there is none. */
  section(key: string, accepted?: readonly string[]): Section {
    const config = this.#read(key, 'an object', () => {
      const inner = this.#config!.getConfig(key);
      // A config that follows its files reports a value of the wrong type only on access.
      inner.keys();
      return inner;
    });
    return new Section(config, this.#pathOf(key), this.faults, accepted);
  }

  /** The sections of a list of objects. */
  list(key: string, accepted: readonly string[]): Section[] | undefined {
    const configs = this.#read(key, 'a list of objects', () => this.#config!.getConfigArray(key));
    return configs?.map(
      (config, index) => new Section(config, `${this.#pathOf(key)}[${index}]`, this.faults, accepted),
    );
  }

  /** True for a text, where other kinds of values are accepted too. */
  isText(key: string): boolean {
    return typeof this.#config?.getOptional(key) === 'string';
  }

  string(key: string): string | undefined {
    return this.#read(key, 'a string', () => this.#config!.getString(key));
  }

  /** A list of strings, empty by default. */
  strings(key: string): string[] {
    return this.#read(key, 'a list of strings', () => this.#config!.getStringArray(key)) ?? [];
  }

  boolean(key: string): boolean | undefined {
    return this.#read(key, 'true, false', () => this.#config!.getBoolean(key));
  }

  choice<T extends string>(key: string, values: readonly T[]): T | undefined {
    const accepted = values.join(', ');
    const value = this.#read(key, accepted, () => this.#config!.getString(key));
    if (value === undefined || values.includes(value as T)) return value as T | undefined;
    return this.fault(key, `is '${value}'`, accepted);
  }

  number(key: string, { min, max, accepted }: NumberLimits): number | undefined {
    const value = this.#read(key, accepted, () => this.#config!.getNumber(key));
    if (value === undefined || (Number.isInteger(value) && value >= min && value <= max)) return value;
    return this.fault(key, `is ${value}`, accepted);
  }

  /** A duration in milliseconds; a plain number means milliseconds, otherwise Backstage's duration forms. */
  duration(key: string): number | undefined {
    const accepted = "more than 0 and at most one hour, e.g. '30s'";
    const ms = this.#read(key, accepted, () => {
      const value = this.#config!.getOptional(key);
      return typeof value === 'number' ? value : durationToMilliseconds(readDurationFromConfig(this.#config!, { key }));
    });
    if (ms === undefined || (ms > 0 && ms <= HOUR_MS)) return ms;
    return this.fault(key, `is ${ms} ms`, accepted);
  }

  /** A value for every key of a section with plugin ids as keys. Without a prototype: a plugin id may be `constructor`. */
  record<T>(read: (section: Section, key: string) => T): Record<string, T> {
    const values = Object.create(null) as Record<string, T>;
    for (const key of this.keys()) values[key] = read(this, key);
    return values;
  }

  /** Reports an invalid value of a key. */
  fault(key: string, what: string, accepted: string): undefined {
    this.faults.push(`'${this.#pathOf(key)}' ${what}, accepted: ${accepted}`);
    return undefined;
  }

  #pathOf(key: string): string {
    return this.path === '' ? key : `${this.path}.${key}`;
  }

  #read<T>(key: string, accepted: string, read: () => T): T | undefined {
    try {
      return this.has(key) ? read() : undefined;
    } catch (error) {
      // Most messages of Backstage name the key, and the file.
      const { message } = error as Error;
      const where = message.includes(`'${this.#pathOf(key)}`) ? '' : `'${this.#pathOf(key)}': `;
      this.faults.push(`${where}${message}, accepted: ${accepted}`);
      return undefined;
    }
  }
}
