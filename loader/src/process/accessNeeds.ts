import type { Config } from '@backstage/config';
import { findPackageDir, sharedPackages } from '@stagedoor/bundle';
import { dirname, join, resolve, sep } from 'node:path';
import type { StagedBundle } from '../stage/stageDrop';
import type { AccessNeeds } from './permissions';

/** What {@link accessNeeds} goes by. */
export interface AccessOptions {
  config: Config;
  cwd: string;
  /** Holds the shelf of shared packages. */
  stateDirectory: string;
  /** The folder of the loader's own code. */
  loaderDir: string;
  bundles: readonly StagedBundle[];
  pluginId: string | undefined;
  /** The folder for its temporary files. */
  temporary: string;
}

/**
 * The paths that the process of a plugin needs: its bundles, the host's packages, a folder for temporary files, and its
 * SQLite files where there are any.
 */
export function accessNeeds(options: AccessOptions): AccessNeeds {
  const { config, cwd, stateDirectory, loaderDir, bundles, pluginId, temporary } = options;
  const own = findPackageDir('@stagedoor/bundle', loaderDir);
  const packages = [loaderDir, ...(own ? [own] : []), ...sharedPackages(loaderDir).map(({ dir }) => dir)];
  const shelves = [join(stateDirectory, 'node_modules'), join(stateDirectory, 'foreign', 'node_modules')];
  const databases = sqliteDirectories(config, cwd, pluginId);
  return {
    read: [...bundles.map(({ dir }) => dir), ...shelves, ...packages.flatMap(visibleFrom), temporary, ...databases],
    write: [temporary, ...databases],
    addons: databases.length > 0 || usesSqlite(config, pluginId) || bundles.some(({ manifest }) => manifest?.native),
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

/** Sections of app-config that may say where databases are, general before specific. */
function databaseSections(config: Config, pluginId: string | undefined): Config[] {
  const keys = ['backend.database', ...(pluginId ? [`backend.database.plugin.${pluginId}`] : [])];
  return keys.map((key) => config.getOptionalConfig(key)).filter((section) => section !== undefined);
}

function usesSqlite(config: Config, pluginId: string | undefined): boolean {
  return databaseSections(config, pluginId).some((section) => /sqlite/.test(section.getOptionalString('client') ?? ''));
}

/** Folders of SQLite files: `connection.directory`, or that of a `connection` that names a file. */
function sqliteDirectories(config: Config, cwd: string, pluginId: string | undefined): string[] {
  if (!usesSqlite(config, pluginId)) return [];
  return databaseSections(config, pluginId).flatMap((section) => {
    const connection = section.getOptional('connection');
    const { directory, filename } = (connection ?? {}) as Record<string, unknown>;
    if (typeof directory === 'string') return [resolve(cwd, directory)];
    const file = typeof connection === 'string' ? connection : filename;
    return typeof file === 'string' && file !== ':memory:' ? [dirname(resolve(cwd, file))] : [];
  });
}
