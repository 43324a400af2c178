import { join, posix } from 'node:path';
import { StagedoorError, isStagedoorError, packName } from '@stagedoor/bundle';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import { cachedSchemas } from './schemaCache';

/** Backstage's serialized form of several packages' config schemas. */
export interface SerializedSchemas {
  backstageConfigSchemaVersion: 1;
  schemas: Array<{ packageName: string; path: string; value: Record<string, unknown> }>;
}

/** The config schemas of several packages, and which were left out. */
export interface CollectedSchemas {
  schemas?: SerializedSchemas;
  warnings: string[];
}

/**
 * The config schemas that `packages` declare (`configSchema` as `.json`, `.d.ts` or inline) as self-contained JSON
 * schema; undefined when none does. Paths are `<package name>/<file>`. What is slow to compile is kept in `cacheDir`. One of a
 * package that was installed as it is may be broken: Backstage goes on without it, and so does an export, with a warning. Throws
 * CONFIG_SCHEMA_INVALID for one that can be corrected.
 */
export async function collectConfigSchemas(
  packages: InstalledPackage[],
  cacheDir: string | undefined,
): Promise<CollectedSchemas> {
  const declaring = packages.filter((pkg) => pkg.manifest.configSchema !== undefined);
  const schemas: SerializedSchemas['schemas'] = [];
  const warnings: string[] = [];
  for (const pkg of declaring.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    try {
      const values = await cachedSchemas(pkg, cacheDir, () => compileSchemas(pkg));
      schemas.push(...values.map((value) => ({ packageName: pkg.name, path: schemaPath(pkg), value })));
    } catch (error) {
      if (!isStagedoorError(error) || !isInstalled(pkg.dir)) throw error;
      const [reason] = error.message.split('\n');
      warnings.push(`the config schema of ${pkg.name}@${pkg.version} is left out: ${reason}`);
    }
  }
  return { ...(schemas.length > 0 && { schemas: { backstageConfigSchemaVersion: 1, schemas } }), warnings };
}

async function compileSchemas(pkg: InstalledPackage): Promise<Array<Record<string, unknown>>> {
  const { loadConfigSchema } = await import('@backstage/config-loader');
  try {
    const loaded = await loadConfigSchema({
      dependencies: [],
      packagePaths: [join(pkg.dir, 'package.json')],
      excludePackageDependencies: true,
    });
    const { schemas } = loaded.serialize() as unknown as SerializedSchemas;
    return schemas.map(({ value }) => stableDefinitions(value, pkg.name));
  } catch (cause) {
    throw new StagedoorError('CONFIG_SCHEMA_INVALID', `${pkg.name}: ${(cause as Error).message}`, { cause });
  }
}

function schemaPath({ name, manifest: { configSchema } }: InstalledPackage): string {
  return posix.join(name, typeof configSchema === 'string' ? configSchema : 'package.json');
}

/** config-loader names definitions after a hash of the path from the working folder; a name of the package is stable. */
function stableDefinitions(value: Record<string, unknown>, name: string): Record<string, unknown> {
  const [first] = Object.keys((value.definitions as object | undefined) ?? {});
  const namespace = /^[0-9a-f]{64}-/.exec(first ?? '')?.[0];
  if (!namespace) return value;
  return JSON.parse(JSON.stringify(value).replaceAll(namespace, `${packName(name)}-`)) as Record<string, unknown>;
}
