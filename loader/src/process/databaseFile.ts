import type { Config } from '@backstage/config';
import { dirname, join, resolve } from 'node:path';

const MEMORY = ':memory:';

/** The database of a plugin in app-config. */
export interface DatabaseSettings {
  /** For example `pg`; empty if there is none. */
  client: string;
  /** Its connection settings, general before specific. */
  connections: unknown[];
}

/**
 * Reads `backend.database` for a plugin, as Backstage's connectors do: a plugin with another client does not inherit the
 * general connection.
 */
export function databaseSettings(config: Config, pluginId: string | undefined): DatabaseSettings {
  const base = config.getOptionalConfig('backend.database');
  const own = pluginId ? base?.getOptionalConfig('plugin')?.getOptionalConfig(pluginId) : undefined;
  const general = base?.getOptionalString('client') ?? '';
  const client = own?.getOptionalString('client') ?? general;
  const sections = client === general ? [base, own] : [own];
  const connections = sections.map((section) => section?.getOptional('connection'));
  return { client, connections: connections.filter((value) => value !== undefined && value !== null) };
}

/**
 * The SQLite file of a plugin, as Backstage's `Sqlite3Connector` locates it (backend-defaults, database/connectors/sqlite3);
 * undefined for another database, or one in memory.
 */
export function databaseFile(config: Config, cwd: string, pluginId: string): string | undefined {
  const { client, connections } = databaseSettings(config, pluginId);
  if (!isSqlite(client)) return undefined;
  const { directory = '.', filename = `${pluginId}.sqlite` } = Object.assign(
    {},
    ...connections.map(filePartsOf),
  ) as FileParts;
  return filename === MEMORY ? undefined : resolve(cwd, join(directory, filename));
}

/** True for the clients that keep a database in a file. */
export function isSqlite(client: string): boolean {
  return client.includes('sqlite');
}

/** The folders in which the SQLite files of plugins are. */
export function databaseDirectories(config: Config, cwd: string): string[] {
  // An id without settings represents all plugins without settings.
  const ids = ['', ...(config.getOptionalConfig('backend.database.plugin')?.keys() ?? [])];
  const files = ids.flatMap((id) => databaseFile(config, cwd, id) ?? []);
  return [...new Set(files.map((file) => dirname(file)))];
}

interface FileParts {
  directory?: string;
  filename?: string;
}

function filePartsOf(connection: unknown): FileParts {
  if (typeof connection === 'string') return { filename: connection };
  const { directory, filename } = connection as Record<string, unknown>;
  return {
    ...(typeof directory === 'string' && { directory }),
    ...(typeof filename === 'string' && { filename }),
  };
}
