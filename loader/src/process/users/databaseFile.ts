import type { Config } from '@backstage/config';
import { dirname, join, resolve } from 'node:path';

const MEMORY = ':memory:';

/**
 * The SQLite file of a plugin, as Backstage's `Sqlite3Connector` finds it (backend-defaults, database/connectors/sqlite3); undefined
 * where the plugin has another database, or one in memory.
 */
export function databaseFile(config: Config, cwd: string, pluginId: string): string | undefined {
  const section = config.getOptionalConfig('backend.database');
  const own = pluginId === '' ? undefined : section?.getOptionalConfig('plugin')?.getOptionalConfig(pluginId);
  const base = section?.getOptionalString('client') ?? '';
  const client = own?.getOptionalString('client') ?? base;
  if (!client.includes('sqlite')) return undefined;
  const connection = {
    ...(client === base ? connectionOf(section) : {}),
    ...connectionOf(own),
  };
  const { directory = '.', filename = `${pluginId}.sqlite` } = connection;
  return filename === MEMORY ? undefined : resolve(cwd, join(directory, filename));
}

/** The folders in which the SQLite files of plugins are. */
export function databaseDirectories(config: Config, cwd: string): string[] {
  // A plugin of which the config says nothing stands for all such.
  const ids = ['', ...(config.getOptionalConfig('backend.database.plugin')?.keys() ?? [])];
  const files = ids.flatMap((id) => databaseFile(config, cwd, id) ?? []);
  return [...new Set(files.map((file) => dirname(file)))];
}

function connectionOf(section: Config | undefined): { directory?: string; filename?: string } {
  const value = section?.getOptional('connection') ?? {};
  if (typeof value === 'string') return { filename: value };
  const { directory, filename } = value as Record<string, unknown>;
  return {
    ...(typeof directory === 'string' && { directory }),
    ...(typeof filename === 'string' && { filename }),
  };
}
