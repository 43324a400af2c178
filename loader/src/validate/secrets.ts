import type { LoggerService, RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { SchemaEntry } from './configSchema';
import { placeOf, textsIn, visibilityOf, withPlaces, type VisibleLeaf } from './configVisibility';

/** Members of Backstage's own root logger besides the service (backend-defaults `WinstonLogger`). */
interface Redacting {
  addRedactions?(redactions: Iterable<string>): void;
}

/** Where winston formats keep the line that they write (triple-beam). */
const MESSAGE = Symbol.for('message');

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
  #redactor: Promise<(text: string) => string> | undefined;
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
    this.#redactor = undefined;
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

  /** A function that hides in a text what the portal's log hides. */
  async redactor(): Promise<(text: string) => string> {
    this.#redactor ??= this.#createRedactor();
    return await this.#redactor;
  }

  async #createRedactor(): Promise<(text: string) => string> {
    this.#ofPackages ??= secretsOfPackages();
    const enumerate = await this.#ofPackages;
    const { WinstonLogger } = await import('@backstage/backend-defaults/rootLogger');
    const { format, add } = WinstonLogger.redacter();
    const allowed = new Set(
      this.#config.getOptionalStringArray('backend.logger.redactAllowlist')?.map((text) => text.trim()),
    );
    add([...enumerate(this.#config)].filter((text) => !allowed.has(text.trim())));
    for (const ofBundle of this.#schemas.values()) add(withJson(secretsIn(this.#config, ofBundle)));
    return (text) => {
      const info = format.transform({ level: 'info', message: text, [MESSAGE]: text }, {});
      return String((info as Record<symbol, unknown>)[MESSAGE]);
    };
  }

  #redactAll(): void {
    this.#redactor = undefined;
    for (const ofBundle of this.#schemas.values()) this.#hide(secretsIn(this.#config, ofBundle));
  }

  #hide(secrets: readonly VisibleLeaf[]): void {
    this.#logger.addRedactions?.(withJson(secrets));
  }
}

/** The texts of secrets, also in their JSON form. */
function withJson(secrets: readonly VisibleLeaf[]): Set<string> {
  const texts = secrets.flatMap(({ value }) => textsIn(value));
  return new Set(texts.flatMap((text) => [text, JSON.stringify(text).slice(1, -1)]));
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
