import type { LoggerService, RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { ConfigSchema } from '@backstage/config-loader';

/** What Backstage's own root logger has beyond the service (backend-defaults `WinstonLogger`). */
interface Redacting {
  addRedactions?(redactions: Iterable<string>): void;
}

/**
 * Hides from all logs what the schemas of bundles call secret, as Backstage does for the packages that it finds at start:
 * for bundles that come later, and for values that change. A root logger of another make may not hide anything.
 */
export class Secrets {
  readonly #config: RootConfigService;
  readonly #logger: Redacting;
  readonly #schemas = new Map<string, ConfigSchema>();
  #ofPackages: Promise<(config: RootConfigService) => Iterable<string>> | undefined;

  constructor(config: RootConfigService, rootLogger: RootLoggerService) {
    this.#config = config;
    this.#logger = rootLogger as Redacting;
    config.subscribe?.(() => this.#redact(this.#schemas.values()));
  }

  /** Hides what the schema of a bundle calls secret, from now on; one schema for each name. */
  add(name: string, schema: ConfigSchema): void {
    this.#schemas.set(name, schema);
    this.#redact([schema]);
  }

  /** The texts in app-config that are secret now, to a bundle or to a package that Backstage finds at start. */
  async texts(): Promise<ReadonlySet<string>> {
    this.#ofPackages ??= secretsOfPackages();
    const ofPackages = (await this.#ofPackages)(this.#config);
    return new Set([
      ...ofPackages,
      ...[...this.#schemas.values()].flatMap((schema) => [...secretsIn(this.#config, schema)]),
    ]);
  }

  #redact(schemas: Iterable<ConfigSchema>): void {
    for (const schema of schemas) this.#logger.addRedactions?.(secretsIn(this.#config, schema));
  }
}

async function secretsOfPackages() {
  const { createConfigSecretEnumerator } = await import('@backstage/backend-defaults/rootConfig');
  return await createConfigSecretEnumerator({ logger: SILENT });
}

/** The root logger's own search has said it all. */
const SILENT: LoggerService = { error() {}, warn() {}, info() {}, debug() {}, child: () => SILENT };

/** The texts in app-config that a schema calls secret, also as they are written in JSON. */
function secretsIn(config: RootConfigService, schema: ConfigSchema): Set<string> {
  const [visible] = schema.process([{ data: config.get(), context: 'app-config' }], {
    visibility: ['secret'],
    ignoreSchemaErrors: true,
  });
  const secrets = new Set<string>();
  JSON.stringify(visible!.data, (_key, value: unknown) => {
    if (typeof value === 'string') secrets.add(value).add(JSON.stringify(value).slice(1, -1));
    return value;
  });
  return secrets;
}
