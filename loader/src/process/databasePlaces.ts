import type { Config } from '@backstage/config';
import { dirname, join } from 'node:path';
import type { Place } from '../settings/places';
import { databaseFile, databaseSettings, isSqlite } from './databaseFile';

/** Locations of the database and the cache of a plugin, as Backstage reads app-config. */
export interface DatabasePlaces {
  usesSqlite: boolean;
  /** The plugin's SQLite file, absolute; undefined if it is in memory, or there is none. */
  sqliteFile?: string;
  /** Servers of databases and caches. */
  servers: Place[];
}

const DATABASE_PORTS: Record<string, number> = { pg: 5432, mysql: 3306, mysql2: 3306 };
const CACHE_PORTS: Record<string, number> = { redis: 6379, valkey: 6379, memcache: 11_211 };

/** Reads `backend.database` and `backend.cache` for a plugin; relative folders are taken from `cwd`. */
export function databasePlaces(config: Config, cwd: string, pluginId: string | undefined): DatabasePlaces {
  const { client, connections } = databaseSettings(config, pluginId);
  const cache = config.getOptionalConfig('backend.cache');
  const servers = [serverOf(cache?.getOptional('connection'), CACHE_PORTS[cache?.getOptionalString('store') ?? ''])];
  const usesSqlite = isSqlite(client);
  if (!usesSqlite) {
    const merged: unknown = Object.assign({}, ...connections.filter((value) => typeof value === 'object'));
    const text = connections.filter((value) => typeof value === 'string').at(-1);
    servers.push(serverOf(text ?? merged, DATABASE_PORTS[client]));
  }
  const sqliteFile = pluginId === undefined ? undefined : databaseFile(config, cwd, pluginId);
  return { usesSqlite, sqliteFile, servers: servers.filter((place) => place !== undefined) };
}

/** The server of a connection: an address, or an object with `host`, `port` or a path instead. */
function serverOf(connection: unknown, defaultPort = 0): Place | undefined {
  if (typeof connection === 'string') return addressOf(connection, defaultPort);
  if (typeof connection !== 'object' || connection === null) return undefined;
  const { connectionString, host = 'localhost', port, socketPath } = connection as Record<string, unknown>;
  if (typeof connectionString === 'string') return addressOf(connectionString, defaultPort);
  if (typeof socketPath === 'string') return { path: socketPath };
  const number = Number(port ?? defaultPort);
  return typeof host === 'string' && number > 0 ? placeOf(host, number) : undefined;
}

function addressOf(text: string, defaultPort: number): Place | undefined {
  if (text.startsWith('/')) return placeOf(text, defaultPort);
  try {
    const url = new URL(text.includes('://') ? text : `tcp://${text}`);
    const host = url.searchParams.get('host') ?? url.hostname.replace(/^\[|\]$/g, '');
    const number = Number(url.searchParams.get('port') ?? (url.port || defaultPort));
    return host !== '' && number > 0 ? placeOf(decodeURIComponent(host), number) : undefined;
  } catch {
    return undefined;
  }
}

/** PostgreSQL clients take the folder of the server's socket. */
function placeOf(host: string, port: number): Place {
  return host.startsWith('/') ? { path: join(host, `.s.PGSQL.${port}`) } : { host, port };
}

/** The folder that SQLite's files of a plugin are in. */
export function sqliteFolder({ sqliteFile }: DatabasePlaces): string | undefined {
  return sqliteFile === undefined ? undefined : dirname(sqliteFile);
}
