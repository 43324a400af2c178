import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { StagedBundle } from '../stage/stagedBundle';
import { readSchemaEntries } from '../validate/configSchema';
import { onlyLeaves, placeOf, visibilityOf, type VisibleLeaf } from '../validate/configVisibility';

/** Dependencies of {@link VisibleConfig}. */
export interface VisibleConfigOptions {
  config: RootConfigService;
  logger: LoggerService;
  /** The secret places in app-config; see `placeOf`. */
  secrets(): Promise<ReadonlySet<string>>;
}

/**
 * The app-config that frontend bundles make visible in browsers: the values that their config schemas declare visible, unless
 * another schema declares them secret.
 */
export class VisibleConfig {
  readonly #options: VisibleConfigOptions;

  constructor(options: VisibleConfigOptions) {
    this.#options = options;
  }

  /** Reads the schema of a checked bundle. Returns a function for its current values; undefined if it has no visible ones. */
  of(bundle: StagedBundle): () => Promise<JsonObject | undefined> {
    const schemas = this.#schemasOf(bundle);
    return async () => this.visible(await schemas);
  }

  /** The values that schemas currently declare visible; undefined if there are none. */
  async visible(schemas: readonly JsonObject[]): Promise<JsonObject | undefined> {
    const data = this.#options.config.get<JsonObject>();
    const declared = declaredVisible(schemas, data);
    if (declared.length === 0) return undefined;
    // The list is readable without a session, and the schema of a bundle must not be able to publish a password.
    const secrets = await this.#options.secrets();
    const visible = onlyLeaves(
      data,
      declared.filter(({ path }) => !secrets.has(placeOf(path))),
    );
    return Object.keys(visible).length > 0 ? visible : undefined;
  }

  async #schemasOf(bundle: StagedBundle): Promise<JsonObject[]> {
    try {
      return (await readSchemaEntries(bundle)).map(({ value }) => value);
    } catch (error) {
      this.#options.logger.error(`No app-config is made visible to ${bundle.name}`, error as Error);
      return [];
    }
  }
}

/** Empty if the changed config makes this too expensive to compute. */
function declaredVisible(schemas: readonly JsonObject[], data: JsonObject): VisibleLeaf[] {
  try {
    return visibilityOf(schemas, data).filter(({ visibility }) => visibility === 'frontend');
  } catch {
    return [];
  }
}
