import type { LoggerService, RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { SchemaEntry } from './configSchema';
import { placeOf, textsIn, visibilityOf, withPlaces, type VisibleLeaf } from './configVisibility';

/** Members of Backstage's own root logger besides the service (backend-defaults `WinstonLogger`). */
interface Redacting {
  addRedactions?(redactions: Iterable<string>): void;
}

/** Returns the strings of a config that the schemas of the portal's own packages declare secret. */
type Enumerator = (config: RootConfigService) => Iterable<string>;

/**
 * Hides values that schemas of bundles declare secret from all logs, as Backstage does for the packages that it finds at
 * start: for bundles that come later, and for values that change. A root logger of another implementation may not hide
 * anything.
 */
export class Secrets {
  readonly #config: RootConfigService;
  readonly #logger: Redacting;
  readonly #schemas = new Map<string, JsonObject[]>();
  #ofPackages: Promise<Enumerator> | undefined;
  /** The secrets according to packages in the latest config, by its text: computing them is slow. */
  #latest: { config: string; places: readonly string[] } | undefined;

  constructor(config: RootConfigService, rootLogger: RootLoggerService) {
    this.#config = config;
    this.#logger = rootLogger as Redacting;
    config.subscribe?.(() => this.#redactAll());
  }

  /** Hides the secrets according to a bundle from now on, by the schemas of its latest build. Throws TooManySchemas. */
  add(name: string, entries: readonly SchemaEntry[]): void {
    const schemas = entries.map(({ value }) => value);
    const secrets = visibilityOf(schemas, this.#config.get()).filter(isSecret);
    this.#schemas.set(name, schemas);
    this.#hide(secrets);
  }

  /** The places in app-config (see `placeOf`) that a bundle, or a package that Backstage finds at start, declares secret. */
  async places(): Promise<ReadonlySet<string>> {
    this.#ofPackages ??= secretsOfPackages();
    const enumerate = await this.#ofPackages;
    const data = this.#config.get<JsonObject>();
    const config = JSON.stringify(data);
    if (this.#latest?.config !== config) {
      const places = withPlaces(data);
      const marked = { getOptional: () => places } as unknown as RootConfigService;
      this.#latest = { config, places: [...enumerate(marked)] };
    }
    const ofBundles = [...this.#schemas.values()].flatMap((schemas) => secretsIn(this.#config, schemas));
    return new Set([...this.#latest.places, ...ofBundles.map(({ path }) => placeOf(path))]);
  }

  #redactAll(): void {
    for (const ofBundle of this.#schemas.values()) this.#hide(secretsIn(this.#config, ofBundle));
  }

  #hide(secrets: readonly VisibleLeaf[]): void {
    const texts = secrets.flatMap(({ value }) => textsIn(value));
    // Also in their JSON form.
    this.#logger.addRedactions?.(new Set(texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])));
  }
}

async function secretsOfPackages(): Promise<Enumerator> {
  const { createConfigSecretEnumerator } = await import('@backstage/backend-defaults/rootConfig');
  return await createConfigSecretEnumerator({ logger: SILENT });
}

/** The root logger's own search already covers this. */
const SILENT: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => SILENT };

/** The values in app-config that schemas declare secret; all values if a changed config makes this too expensive. */
function secretsIn(config: RootConfigService, schemas: readonly JsonObject[]): VisibleLeaf[] {
  const data = config.get<JsonObject>();
  try {
    return visibilityOf(schemas, data).filter(isSecret);
  } catch {
    return visibilityOf([{ deepVisibility: 'secret' }], data);
  }
}

function isSecret({ visibility }: VisibleLeaf): boolean {
  return visibility === 'secret';
}
