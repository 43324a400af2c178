import { StagedoorError } from '@stagedoor/bundle';
import { countMigrations, showNames } from './compare';

export function databaseUnreadable(pluginId: string, cause: Error): StagedoorError {
  return new StagedoorError(
    'DATABASE_UNREADABLE',
    `Cannot read which migrations the database of plugin '${pluginId}' has: ${cause.message}`,
    { cause },
  );
}

/** What a build lacks, and which of two reasons keeps it off the database. */
interface NewerDatabase {
  pluginId: string;
  /** Names of migrations that only newer builds have. */
  names: readonly string[];
  /** Version of a build that has applied them, where it is recorded. */
  version?: string;
  refusedBy: 'setting' | 'own-service';
}

const MOST_IN_DETAILS = 100;

export function databaseNewer({ pluginId, names, version, refusedBy }: NewerDatabase): StagedoorError {
  const why =
    refusedBy === 'setting'
      ? 'dynamicPlugins.database.olderBuilds refuses builds that lack them'
      : 'the bundle has its own database service, which cannot be told that they are applied';
  return new StagedoorError(
    'DATABASE_NEWER',
    `${version ?? 'A newer build'} has migrated the database of plugin '${pluginId}' (${countMigrations(names.length)}: ${showNames(names)}), and ${why}.`,
    { details: { pluginId, migrations: names.slice(0, MOST_IN_DETAILS), ...(version !== undefined && { version }) } },
  );
}

export function databaseLocked(pluginId: string, tables: readonly string[]): StagedoorError {
  const locks = tables.map((table) => `${table}_lock`).join(', ');
  return new StagedoorError(
    'DATABASE_LOCKED',
    `A migration of the database of plugin '${pluginId}' is running, or stopped halfway: ${locks} is locked.`,
    { details: { pluginId, tables: [...tables] } },
  );
}
