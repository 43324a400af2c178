import type { JsonObject } from '@backstage/types';
import { SCHEMA_FILES, readBounded } from '@stagedoor/bundle';
import { resolve } from 'node:path';
import type { StagedBundle } from '../stage/stagedBundle';
import { configSchemaInvalid, configSchemaLimit } from './errors';
import { limitFault } from './schemaLimits';

const MAX_BYTES = 4 * 1024 * 1024;

/** One schema of config-loader's serialized set (config-loader `ConfigSchemaPackageEntry`). */
export interface SchemaEntry {
  packageName: string;
  path: string;
  value: JsonObject;
}

/**
 * The raw config schemas of a bundle; empty if it has none. Nothing has been compiled. Throws CONFIG_SCHEMA_INVALID,
 * CONFIG_SCHEMA_LIMIT.
 */
export async function readSchemaEntries(
  { name, dir }: Pick<StagedBundle, 'name' | 'dir'>,
  files: readonly string[] = SCHEMA_FILES,
): Promise<SchemaEntry[]> {
  for (const file of files) {
    const content = await readBounded(resolve(dir, file), MAX_BYTES);
    if (content === 'absent') continue;
    if (typeof content === 'string')
      throw configSchemaInvalid(name, file, `it is not a file of at most ${MAX_BYTES} bytes`);
    return parseSchemaEntries(content.toString('utf8'), file, name);
  }
  return [];
}

/** A serialized set, or a plain JSON schema, which is a set of one. Throws CONFIG_SCHEMA_INVALID, CONFIG_SCHEMA_LIMIT. */
function parseSchemaEntries(text: string, path: string, packageName: string): SchemaEntry[] {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text) as Record<string, unknown> | null;
  } catch (cause) {
    throw configSchemaInvalid(packageName, path, (cause as Error).message, cause);
  }
  if (typeof value !== 'object' || value === null) throw configSchemaInvalid(packageName, path, 'it is not an object');
  const { backstageConfigSchemaVersion, schemas } = value;
  const values: unknown = backstageConfigSchemaVersion === 1 ? schemas : [{ value }];
  if (!Array.isArray(values)) throw configSchemaInvalid(packageName, path, 'it contains no list of schemas');
  const fault = limitFault(values.map((entry) => (entry as SchemaEntry | null)?.value));
  if (fault) throw configSchemaLimit(packageName, path, fault);
  return values.map((entry) => {
    const schema: unknown = (entry as SchemaEntry | null)?.value;
    if (isSchema(schema)) return { packageName, path, value: schema };
    throw configSchemaInvalid(packageName, path, 'it contains a schema that is not of type object');
  });
}

/** The one rule for config schemas: a JSON schema of type object, since app-config is one; `type` may be omitted. */
function isSchema(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { type = 'object' } = value as { type?: unknown };
  return [type].flat().includes('object');
}
