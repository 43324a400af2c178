import type { RootConfigService } from '@backstage/backend-plugin-api';
import { ConfigReader, type Config } from '@backstage/config';
import type { JsonObject } from '@backstage/types';

const CONTEXT = 'app-config';

/**
 * App-config that can be replaced while it is in use: readers that were taken from it earlier return the new values too, as
 * in a Backstage backend that watches its files.
 */
export class LiveConfig {
  readonly #listeners = new Set<() => void>();
  #reader: ConfigReader;

  constructor(data: JsonObject) {
    this.#reader = new ConfigReader(data, CONTEXT);
  }

  /** The root of it, with `subscribe`. */
  get root(): RootConfigService {
    const subscribe: Config['subscribe'] = (listener) => {
      this.#listeners.add(listener);
      return { unsubscribe: () => void this.#listeners.delete(listener) };
    };
    return view(() => this.#reader, subscribe) as RootConfigService;
  }

  /** Replaces all values and notifies the listeners. */
  replace(data: JsonObject): void {
    this.#reader = new ConfigReader(data, CONTEXT);
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A config that calls `current` for the reader at each access; its sections do the same. */
function view(current: () => Config, subscribe: Config['subscribe']): Config {
  const section = (key: string): Config =>
    view(() => current().getOptionalConfig(key) ?? new ConfigReader(undefined, CONTEXT), subscribe);
  const own: Partial<Config> = {
    subscribe,
    getConfig: (key) => {
      current().getConfig(key);
      return section(key);
    },
    getOptionalConfig: (key) => (current().getOptionalConfig(key) ? section(key) : undefined),
  };
  return new Proxy({} as Config, {
    get: (_target, name: keyof Config) => {
      if (name in own) return own[name];
      const reader = current();
      const value = reader[name] as unknown;
      return typeof value === 'function' ? (value.bind(reader) as unknown) : value;
    },
  });
}
