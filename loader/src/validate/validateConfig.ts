import type { Config } from '@backstage/config';
import { loadConfigSchema } from '@backstage/config-loader';
import { StagedoorError } from '@stagedoor/bundle';
import type { JsonObject } from '@backstage/types';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedBundle } from '../stage/stageDrop';

/** Where bundles carry their config schema: upstream's name, then RHDH's. */
export const SCHEMA_FILES = ['dist/.config-schema.json', 'dist/configSchema.json'];

/**
 * Holds the app-config against the bundle's own schema. Throws CONFIG_INVALID with every fault,
 * CONFIG_SCHEMA_INVALID for a schema that cannot be read.
 */
export async function validateConfig(bundle: StagedBundle, config: Config): Promise<void> {
  const serialized = await readSchema(bundle);
  if (!serialized) return;
  const schema = await loadConfigSchema({ serialized }).catch((cause: Error) => {
    throw new StagedoorError(
      'CONFIG_SCHEMA_INVALID',
      `The config schema of ${bundle.name} is not valid: ${cause.message}`,
      {
        hint: 'Export the plugin again with `stagedoor export`.',
        cause,
      },
    );
  });
  try {
    schema.process([{ data: config.get(), context: 'app-config' }]);
  } catch (cause) {
    const messages = (cause as { messages?: string[] }).messages ?? [(cause as Error).message];
    throw new StagedoorError('CONFIG_INVALID', `app-config does not suit ${bundle.name}: ${messages.join('; ')}`, {
      cause,
    });
  }
}

/** The schema in config-loader's serialized form; a plain JSON schema is wrapped into it. */
async function readSchema(bundle: StagedBundle): Promise<JsonObject | undefined> {
  for (const file of SCHEMA_FILES) {
    const text = await readFile(join(bundle.dir, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    let value: JsonObject;
    try {
      value = JSON.parse(text) as JsonObject;
    } catch (cause) {
      throw new StagedoorError('CONFIG_SCHEMA_INVALID', `${file} of ${bundle.name} is not JSON.`, { cause });
    }
    if (value.backstageConfigSchemaVersion === 1) return value;
    return { backstageConfigSchemaVersion: 1, schemas: [{ value, path: file, packageName: bundle.name }] };
  }
  return undefined;
}
