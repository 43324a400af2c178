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

/** The config schemas that a bundle carries, as they stand in its file; empty without one. Throws CONFIG_SCHEMA_INVALID. */
export async function readSchemaEntries(bundle: StagedBundle): Promise<SchemaEntry[]> {
  for (const file of SCHEMA_FILES) {
    const content = await readBounded(join(bundle.dir, file), MAX_BYTES);
    if (content === 'absent') continue;
    if (typeof content === 'string') throw invalid(bundle, file, `it is no file of at most ${MAX_BYTES} bytes`);
    try {
      return entriesOf(JSON.parse(content.toString('utf8')), file, bundle.name);
    } catch (cause) {
      throw invalid(bundle, file, (cause as Error).message, cause);
    }
  }
  return [];
}

/** Makes the schemas of a bundle ready to use. Throws CONFIG_SCHEMA_INVALID. */
export async function compileSchemas(bundle: StagedBundle, entries: readonly SchemaEntry[]): Promise<ConfigSchema> {
  try {
    return await compileEntries(entries);
  } catch (cause) {
    throw invalid(bundle, entries[0]!.path, (cause as Error).message, cause);
  }
}

/** Makes schemas ready to use, as one. Rejects where one is faulty, or two contradict each other. */
export async function compileEntries(entries: readonly SchemaEntry[]): Promise<ConfigSchema> {
  const serialized = { backstageConfigSchemaVersion: 1, schemas: entries as unknown as JsonObject[] };
  return await loadConfigSchema({ serialized });
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
