import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import type { StagedBundle } from '../stage/stagedBundle';
import { readSchemaEntries } from '../validate/configSchema';
import { onlyLeaves, placeOf, visibilityOf, type VisibleLeaf } from '../validate/configVisibility';

/** What {@link VisibleConfig} works with. */
export interface VisibleConfigOptions {
  config: RootConfigService;
  logger: LoggerService;
  /** The places in app-config that are secret now; see `placeOf`. */
  secrets(): Promise<ReadonlySet<string>>;
}

/**
 * What frontend bundles let browsers see of app-config: the values that their config schemas call visible, unless they are
 * secret to anybody else.
 */
export class VisibleConfig {
  readonly #options: VisibleConfigOptions;

  constructor(options: VisibleConfigOptions) {
    this.#options = options;
  }

  /** Reads the schema of a bundle that was just checked. Gives what tells its values of this moment; undefined where there are none. */
  of(bundle: StagedBundle): () => Promise<JsonObject | undefined> {
    const schemas = this.#schemasOf(bundle);
    return async () => this.visible(await schemas);
  }

  /** The values that schemas call visible at this moment; undefined where there are none. */
  async visible(schemas: readonly JsonObject[]): Promise<JsonObject | undefined> {
    const data = this.#options.config.get<JsonObject>();
    const declared = declaredVisible(schemas, data);
    if (declared.length === 0) return undefined;
    // The list is open to everybody, and a bundle's word is not enough to publish a password.
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
      this.#options.logger.error(`Nothing of app-config is shown to ${bundle.name}`, error as Error);
      return [];
    }
  }
}

/** Nothing where a changed config makes that too hard to find out. */
function declaredVisible(schemas: readonly JsonObject[], data: JsonObject): VisibleLeaf[] {
  try {
    return visibilityOf(schemas, data).filter(({ visibility }) => visibility === 'frontend');
  } catch {
    return [];
  }
}
