import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import type { StagedBundle } from '../stage/stageDrop';
import { compileSchemas, readSchemaEntries } from '../validate/configSchema';

/** What frontend bundles let browsers see of app-config: the values that their config schemas call visible. */
export class VisibleConfig {
  readonly #config: RootConfigService;
  readonly #logger: LoggerService;

  constructor(config: RootConfigService, logger: LoggerService) {
    this.#config = config;
    this.#logger = logger;
  }

  /** Reads the schema of a bundle that was just checked. Gives what tells its values of this moment; undefined where there are none. */
  of(bundle: StagedBundle): () => Promise<JsonObject | undefined> {
    const schema = this.#schemaOf(bundle);
    return async () => {
      const [visible] =
        (await schema)?.process([{ context: bundle.name, data: this.#config.get<JsonObject>() }], {
          visibility: ['frontend'],
          // App-config may have changed since the bundle was checked.
          ignoreSchemaErrors: true,
        }) ?? [];
      return visible && Object.keys(visible.data).length > 0 ? visible.data : undefined;
    };
  }

  async #schemaOf(bundle: StagedBundle): Promise<ConfigSchema | undefined> {
    try {
      const entries = await readSchemaEntries(bundle);
      return entries.length === 0 ? undefined : await compileSchemas(bundle, entries);
    } catch (error) {
      this.#logger.error(`Nothing of app-config is shown to ${bundle.name}`, error as Error);
      return undefined;
    }
  }
}
