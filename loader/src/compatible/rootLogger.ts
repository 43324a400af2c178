import { createConfigSecretEnumerator } from '@backstage/backend-defaults/rootConfig';
import { WinstonLogger, type WinstonLoggerOptions } from '@backstage/backend-defaults/rootLogger';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { loadConfigSchema } from '@backstage/config-loader';
import type { DynamicPluginsSchemasService } from './schemas';

/** Options of the root logger: level, format, transports. */
export type RootLoggerOptions = Omit<WinstonLoggerOptions, 'meta'>;

/** Backstage's root logger, which also hides the values that the schemas of dynamic plugins call secret. */
export async function rootLogger(
  config: RootConfigService,
  schemas: DynamicPluginsSchemasService,
  options: RootLoggerOptions,
): Promise<WinstonLogger> {
  const logger = WinstonLogger.create({ ...options, meta: { service: 'backstage' } });
  const none = await loadConfigSchema({ serialized: { backstageConfigSchemaVersion: 1, schemas: [] } });
  const { schema } = await schemas.addDynamicPluginsSchemas(none);
  // The first finds the schemas of the backend itself.
  const enumerators = [
    await createConfigSecretEnumerator({ logger }),
    await createConfigSecretEnumerator({ logger, schema }),
  ];
  const redact = (): void => {
    for (const secretsOf of enumerators) logger.addRedactions(secretsOf(config));
  };
  redact();
  config.subscribe?.(redact);
  return logger;
}
