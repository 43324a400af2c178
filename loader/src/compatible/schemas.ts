import type { ConfigSchema } from '@backstage/config-loader';
import { concurrently } from '@stagedoor/bundle';
import type { StagedBundle } from '../stage/stagedBundle';
import { addSchemas } from '../validate/composedSchema';
import { readSchemaEntries, type SchemaEntry } from '../validate/configSchema';
import { scannedPackage } from './scannedPackage';
import type { SchemaLocator } from './types';

/** The service `core.dynamicplugins.schemas`. */
export interface DynamicPluginsSchemasService {
  /** A config schema merged with those of all dynamic plugins. */
  addDynamicPluginsSchemas(configSchema: ConfigSchema): Promise<{ schema: ConfigSchema }>;
}

/** Adds the schemas of the bundles from `bundles`, called once; a schema that cannot be read is reported to `onFault`. */
export function schemasService(
  bundles: () => Promise<readonly StagedBundle[]>,
  locate: SchemaLocator | undefined,
  onFault: (fault: string) => void,
): DynamicPluginsSchemasService {
  const readAll = async (): Promise<SchemaEntry[]> => {
    const read = await concurrently(await bundles(), (bundle) => schemasOf(bundle, locate, onFault));
    return read.flat();
  };
  let entries: Promise<SchemaEntry[]> | undefined;
  return {
    async addDynamicPluginsSchemas(configSchema) {
      return { schema: addSchemas(configSchema, await (entries ??= readAll())) };
    },
  };
}

async function schemasOf(
  bundle: StagedBundle,
  locate: SchemaLocator | undefined,
  onFault: (fault: string) => void,
): Promise<SchemaEntry[]> {
  try {
    return await readSchemaEntries(bundle, locate && [locate(scannedPackage(bundle))]);
  } catch (error) {
    const { code = 'CONFIG_SCHEMA_INVALID', message } = error as { code?: string; message: string };
    onFault(`${code}: The schema of ${bundle.name} is left out: ${message}`);
    return [];
  }
}
