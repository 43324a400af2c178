import { relative, sep } from 'node:path';
import { join } from 'node:path';
import { StagedoorError, packName } from '@stagedoor/bundle';
import type { InstalledPackage } from '../installedPackage';

/** Backstage's serialized form of several packages' config schemas. */
export interface SerializedSchemas {
  backstageConfigSchemaVersion: 1;
  schemas: Array<{ packageName: string; path: string; value: Record<string, unknown> }>;
}

/**
 * The config schemas that `packages` declare (`configSchema` as `.json`, `.d.ts` or inline) as self-contained JSON
 * schema; undefined when none does. Paths are `<package name>/<file>`. Throws CONFIG_SCHEMA_INVALID.
 */
export async function collectConfigSchemas(packages: InstalledPackage[]): Promise<SerializedSchemas | undefined> {
  const declaring = packages.filter((pkg) => pkg.manifest.configSchema !== undefined);
  if (declaring.length === 0) return undefined;
  const schemas: SerializedSchemas['schemas'] = [];
  for (const pkg of declaring.sort((a, b) => (a.name < b.name ? -1 : 1))) schemas.push(...(await schemasOf(pkg)));
  return { backstageConfigSchemaVersion: 1, schemas };
}

async function schemasOf(pkg: InstalledPackage): Promise<SerializedSchemas['schemas']> {
  const { loadConfigSchema } = await import('@backstage/config-loader');
  let serialized: SerializedSchemas;
  try {
    const loaded = await loadConfigSchema({
      dependencies: [],
      packagePaths: [join(pkg.dir, 'package.json')],
      excludePackageDependencies: true,
    });
    serialized = loaded.serialize() as unknown as SerializedSchemas;
  } catch (cause) {
    throw new StagedoorError('CONFIG_SCHEMA_INVALID', `${pkg.name}: ${(cause as Error).message}`, { cause });
  }
  const { configSchema } = pkg.manifest;
  const file = typeof configSchema === 'string' ? relative(pkg.dir, join(pkg.dir, configSchema)) : 'package.json';
  return serialized.schemas.map(({ value }) => ({
    packageName: pkg.name,
    path: `${pkg.name}/${file.split(sep).join('/')}`,
    value: stableDefinitions(value, pkg.name),
  }));
}

/** config-loader names definitions after a hash of the path from the working folder; a name of the package is stable. */
function stableDefinitions(value: Record<string, unknown>, name: string): Record<string, unknown> {
  const [first] = Object.keys((value.definitions as object | undefined) ?? {});
  const namespace = /^[0-9a-f]{64}-/.exec(first ?? '')?.[0];
  if (!namespace) return value;
  return JSON.parse(JSON.stringify(value).replaceAll(namespace, `${packName(name)}-`)) as Record<string, unknown>;
}
