import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePackageJson, type PackageJson } from './packageJson';
import { SHARED_ROOT, findPackageDir, type SharedPackage } from './sharedPackages';

/**
 * The names of the database drivers that a host may bring: knex loads them by name, and `@backstage/backend-defaults`, as installed
 * for `fromDir`, declares them. Plugins with a knex of their own use the host's.
 */
export function databaseDriverNames(fromDir: string): string[] {
  const root = packageAt(findPackageDir(SHARED_ROOT, fromDir));
  const knex = root && packageAt(findPackageDir('knex', root.dir));
  if (!root || !knex) return [];
  const declared = { ...root.pkg.dependencies, ...root.pkg.peerDependencies };
  const optional = { ...knex.pkg.peerDependencies, ...(knex.pkg.peerDependenciesMeta as object | undefined) };
  return Object.keys(optional).filter((name) => declared[name] !== undefined);
}

/** {@link databaseDriverNames} that are installed for `fromDir`, the folder of a host. */
export function databaseDrivers(fromDir: string): SharedPackage[] {
  const root = findPackageDir(SHARED_ROOT, fromDir);
  return databaseDriverNames(fromDir).flatMap((name) => {
    const found = packageAt(findPackageDir(name, fromDir) ?? (root && findPackageDir(name, root)));
    return found ? [{ name, version: found.pkg.version, dir: found.dir }] : [];
  });
}

function packageAt(dir: string | undefined): { dir: string; pkg: PackageJson } | undefined {
  if (dir === undefined) return undefined;
  const file = join(dir, 'package.json');
  return existsSync(file) ? { dir, pkg: parsePackageJson(readFileSync(file, 'utf8'), file) } : undefined;
}
