import type { ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StagedBundle } from '../stage/stageDrop';
import { SCHEMA_FILES, addSchemas } from '../validate/configSchema';
import { scannedPackage } from './scannedPackage';
import type { SchemaLocator } from './types';

/** The service `core.dynamicplugins.schemas`. */
export interface DynamicPluginsSchemasService {
  /** A config schema with those of all dynamic plugins added. */
  addDynamicPluginsSchemas(configSchema: ConfigSchema): Promise<{ schema: ConfigSchema }>;
}

/** One schema of config-loader's serialized set (config-loader `ConfigSchemaPackageEntry`). */
interface SchemaEntry {
  path: string;
  value: JsonObject;
}

/** Adds the schemas of bundles that `bundles` gives, asked once; a schema that cannot be read goes to `onFault`. */
export function schemasService(
  bundles: () => Promise<readonly StagedBundle[]>,
  locate: SchemaLocator | undefined,
  onFault: (fault: string) => void,
): DynamicPluginsSchemasService {
  let entries: Promise<SchemaEntry[]> | undefined;
  return {
    async addDynamicPluginsSchemas(configSchema) {
      entries ??= bundles().then((found) => found.flatMap((bundle) => schemasOf(bundle, locate, onFault)));
      return { schema: await addSchemas(configSchema, await entries) };
    },
  };
}

function schemasOf(
  bundle: StagedBundle,
  locate: SchemaLocator | undefined,
  onFault: (fault: string) => void,
): SchemaEntry[] {
  try {
    const scanned = scannedPackage(bundle);
    const places = locate ? [locate(scanned)] : SCHEMA_FILES;
    const file = places
      .map((place) => resolve(fileURLToPath(scanned.location), place))
      .find((path) => existsSync(path));
    const value = file && (JSON.parse(readFileSync(file, 'utf8')) as JsonObject | null);
    if (!file || !value || Object.keys(value).length === 0) return [];
    if (value.backstageConfigSchemaVersion === 1) {
      return (value.schemas as unknown as SchemaEntry[]).map((entry) => ({ path: file, value: entry.value }));
    }
    if (value.$schema && value.type === 'object') return [{ path: file, value }];
    throw new Error(`${file} is neither a set of schemas nor a schema of an object`);
  } catch (error) {
    onFault(`CONFIG_SCHEMA_INVALID: The schema of ${bundle.name} is left out: ${(error as Error).message}`);
    return [];
  }
}
