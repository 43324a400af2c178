import type { LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import type { EventLog } from '../lifecycle/eventLog';
import type { Settings } from '../settings/settings';
import { MigrationRecords, type MigrationMemory } from '../migrations/records';

/** Inputs of {@link openMigrations}. */
export interface MigrationsOptions {
  settings: Settings;
  config: Config;
  memory: MigrationMemory;
  logger: LoggerService;
  events: EventLog;
}

/** The migration records of a portal; bundles that run on a newer database are reported as an event. */
export function openMigrations({ settings, config, memory, logger, events }: MigrationsOptions): MigrationRecords {
  return new MigrationRecords({
    olderBuilds: settings.database.olderBuilds,
    sharedDatabase: config.getOptionalString('backend.database.pluginDivisionMode') === 'schema',
    memory,
    logger,
    onNewer: ({ name: plugin, version, digest }, { message }) =>
      void events.append({ type: 'database', plugin, state: 'running', version, digest, message }),
  });
}
