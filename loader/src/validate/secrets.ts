import type { LoggerService, RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { SchemaEntry } from './configSchema';
import { placeOf, textsIn, visibilityOf, withPlaces, type VisibleLeaf } from './configVisibility';

/** What Backstage's own root logger has beyond the service (backend-defaults `WinstonLogger`). */
interface Redacting {
  addRedactions?(redactions: Iterable<string>): void;
}

/** What tells the texts of a config that the schemas of the portal's own packages call secret. */
type Enumerator = (config: RootConfigService) => Iterable<string>;

/**
 * Hides from all logs what the schemas of bundles call secret, as Backstage does for the packages that it finds at start:
 * for bundles that come later, and for values that change. A root logger of another make may not hide anything.
 */
export class Secrets {
  readonly #config: RootConfigService;
  readonly #logger: Redacting;
  readonly #schemas = new Map<string, JsonObject[]>();
  #ofPackages: Promise<Enumerator> | undefined;
  /** What packages call secret in the latest config that was asked about, by its text: finding out takes long. */
  #latest: { config: string; places: readonly string[] } | undefined;

  constructor(config: RootConfigService, rootLogger: RootLoggerService) {
    this.#config = config;
    this.#logger = rootLogger as Redacting;
    config.subscribe?.(() => this.#redactAll());
  }

  /** Hides what the schemas of a bundle call secret, from now on; those of its latest build. Throws TooManySchemas. */
  add(name: string, entries: readonly SchemaEntry[]): void {
    const schemas = entries.map(({ value }) => value);
    const secrets = visibilityOf(schemas, this.#config.get()).filter(isSecret);
    this.#schemas.set(name, schemas);
    this.#hide(secrets);
  }

  /** The places in app-config (see `placeOf`) that are secret now, to a bundle or to a package that Backstage finds at start. */
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
    // Also as they are written in JSON.
    this.#logger.addRedactions?.(new Set(texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])));
  }
}

async function secretsOfPackages(): Promise<Enumerator> {
  const { createConfigSecretEnumerator } = await import('@backstage/backend-defaults/rootConfig');
  return await createConfigSecretEnumerator({ logger: SILENT });
}

/** The root logger's own search has said it all. */
const SILENT: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => SILENT };

/** The values in app-config that schemas call secret; all of them where a changed config makes that too hard to find out. */
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
