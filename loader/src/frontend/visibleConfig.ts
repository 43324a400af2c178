import type { LoggerService, RootConfigService } from '@backstage/backend-plugin-api';
import type { ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import type { StagedBundle } from '../stage/stageDrop';
import { compileSchemas, readSchemaEntries } from '../validate/configSchema';

/** What {@link VisibleConfig} works with. */
export interface VisibleConfigOptions {
  config: RootConfigService;
  logger: LoggerService;
  /** The texts in app-config that are secret now. */
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
    const schema = this.#schemaOf(bundle);
    return async () => {
      const [visible] =
        (await schema)?.process([{ context: bundle.name, data: this.#options.config.get<JsonObject>() }], {
          visibility: ['frontend'],
          // App-config may have changed since the bundle was checked.
          ignoreSchemaErrors: true,
        }) ?? [];
      if (!visible || Object.keys(visible.data).length === 0) return undefined;
      return withoutSecrets(visible.data, await this.#options.secrets());
    };
  }

  async #schemaOf(bundle: StagedBundle): Promise<ConfigSchema | undefined> {
    try {
      const entries = await readSchemaEntries(bundle);
      return entries.length === 0 ? undefined : await compileSchemas(bundle, entries);
    } catch (error) {
      this.#options.logger.error(`Nothing of app-config is shown to ${bundle.name}`, error as Error);
      return undefined;
    }
  }
}

/** The list is open to everybody, and a bundle's word is not enough to publish a password. */
function withoutSecrets(data: JsonObject, secrets: ReadonlySet<string>): JsonObject {
  const text = JSON.stringify(data, (_key, value: unknown) =>
    typeof value === 'string' && secrets.has(value) ? undefined : value,
  );
  return JSON.parse(text) as JsonObject;
}
