import { databaseDrivers, findPackageDir, sharedPackages } from '@stagedoor/bundle';
import { dirname, join, sep } from 'node:path';
import type { StagedBundle } from '../stage/stagedBundle';
import type { AccessNeeds } from './permissions';

/** Inputs of {@link accessNeeds}. */
export interface AccessOptions {
  /** The folder with the shelf of shared packages. */
  stateDirectory: string;
  /** The folder of the loader's own code. */
  loaderDir: string;
  bundles: readonly StagedBundle[];
  /** Whether its database is SQLite. */
  usesSqlite: boolean;
  /** The module that its threads load first. */
  preload: string;
  /** The folder for its temporary files. */
  temporary: string;
}

/**
 * The paths that the process of a plugin needs: its bundles, the host's packages, and a folder for temporary files. Its
 * SQLite file is not listed, because the driver opens it without the permission model.
 */
export function accessNeeds(options: AccessOptions): AccessNeeds {
  const { stateDirectory, loaderDir, bundles, usesSqlite, preload, temporary } = options;
  const own = findPackageDir('@stagedoor/bundle', loaderDir);
  const packages = [
    loaderDir,
    ...(own ? [own] : []),
    ...[...sharedPackages(loaderDir), ...databaseDrivers(loaderDir)].map(({ dir }) => dir),
  ];
  const shelves = [join(stateDirectory, 'node_modules'), join(stateDirectory, 'foreign', 'node_modules')];
  return {
    read: [...bundles.map(({ dir }) => dir), ...shelves, ...packages.flatMap(visibleFrom), preload, temporary],
    write: [temporary],
    addons: usesSqlite || bundles.some(({ manifest }) => manifest?.native),
  };
}

/** A folder and every `node_modules` that Node looks into from there; asking for one that is not there is denied, too. */
function visibleFrom(dir: string): string[] {
  const found = [dir];
  for (let at = dir; dirname(at) !== at; at = dirname(at)) {
    found.push(at.endsWith(`${sep}node_modules`) ? at : join(at, 'node_modules'));
  }
  return found;
}
