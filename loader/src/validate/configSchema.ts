import { loadConfigSchema, type ConfigSchema } from '@backstage/config-loader';
import type { JsonObject } from '@backstage/types';
import { StagedoorError, readBounded } from '@stagedoor/bundle';
import { join } from 'node:path';
import type { StagedBundle } from '../stage/stageDrop';

/** Where bundles carry their config schema: upstream's name, then RHDH's. */
export const SCHEMA_FILES = ['dist/.config-schema.json', 'dist/configSchema.json'];

const MAX_BYTES = 4 * 1024 * 1024;

/** One schema of config-loader's serialized set (config-loader `ConfigSchemaPackageEntry`). */
export interface SchemaEntry {
  packageName: string;
  path: string;
  value: JsonObject;
}

/** The config schema of a bundle, as it stands in the file and ready to use. */
export interface BundleSchema {
  entries: SchemaEntry[];
  schema: ConfigSchema;
}

/** Reads and compiles the config schema of a bundle; undefined without one. Throws CONFIG_SCHEMA_INVALID. */
export async function readConfigSchema(bundle: StagedBundle): Promise<BundleSchema | undefined> {
  for (const file of SCHEMA_FILES) {
    const content = await readBounded(join(bundle.dir, file), MAX_BYTES);
    if (content === 'absent') continue;
    if (typeof content === 'string') throw invalid(bundle, file, `it is no file of at most ${MAX_BYTES} bytes`);
    try {
      const entries = entriesOf(JSON.parse(content.toString('utf8')), file, bundle.name);
      const serialized = { backstageConfigSchemaVersion: 1, schemas: entries as unknown as JsonObject[] };
      return { entries, schema: await loadConfigSchema({ serialized }) };
    } catch (cause) {
      throw invalid(bundle, file, (cause as Error).message, cause);
    }
  }
  return undefined;
}

/** A config schema with those of bundles added. */
export async function addSchemas(
  configSchema: ConfigSchema,
  entries: ReadonlyArray<Omit<SchemaEntry, 'packageName'>>,
): Promise<ConfigSchema> {
  const serialized = configSchema.serialize() as { schemas?: unknown[] };
  const schemas = [...(serialized.schemas ?? []), ...entries];
  return await loadConfigSchema({ serialized: { ...serialized, schemas } as unknown as JsonObject });
}

/** A serialized set, or a plain JSON schema, which is a set of one. */
function entriesOf(value: unknown, file: string, packageName: string): SchemaEntry[] {
  if (typeof value !== 'object' || value === null) throw new Error('it is no object');
  const { backstageConfigSchemaVersion, schemas } = value as Record<string, unknown>;
  if (backstageConfigSchemaVersion !== 1) return [{ packageName, path: file, value: value as JsonObject }];
  if (!Array.isArray(schemas)) throw new Error('it holds no list of schemas');
  return (schemas as SchemaEntry[]).map((entry) => ({ packageName, path: file, value: entry.value }));
}

function invalid(bundle: StagedBundle, file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError(
    'CONFIG_SCHEMA_INVALID',
    `The config schema ${file} of ${bundle.name} is not valid: ${why}`,
    {
      hint: 'Export the plugin again with `stagedoor export`.',
      cause,
    },
  );
}
