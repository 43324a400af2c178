import type { InstalledPackage } from '../source/installedPackage';
import type { Plan } from './plan';

/**
 * True where a package asks for a database driver that it does not bring itself, as knex does: it gets the host's. `importer` is
 * the package that asks.
 */
export function isHostDriver(name: string, importer: InstalledPackage | undefined, { hostDrivers }: Plan): boolean {
  if (!hostDrivers.has(name) || !importer) return false;
  const { dependencies, optionalDependencies } = importer.manifest;
  return dependencies?.[name] === undefined && optionalDependencies?.[name] === undefined;
}
