import type { OlderBuilds } from '../settings/database';

/** The methods of knex's migrator that apply or list migrations; knex refuses each where a name has no file. */
const FORWARD = ['latest', 'up', 'to', 'before', 'list'] as const;

type Call = (config?: object, ...rest: unknown[]) => Promise<unknown>;
type Migrator = Record<(typeof FORWARD)[number], Call>;

/** The options of a migrator run. */
export interface MigratorRun {
  /** The table that keeps its names. */
  tableName: string;
  /** Whether the migrations are code rather than files. */
  inCode: boolean;
}

/** Called after each run of the migrator, successful or not. */
type Listener = (run: MigratorRun) => Promise<void>;

const listeners = new WeakMap<object, Set<Listener>>();

/**
 * Lets every build that uses this knex client start on a database that a newer one has migrated: names that are in the
 * database and not in the build count as applied, through knex's own option `disableMigrationsListValidation`. They never
 * run, because knex has no code for them. Knex still refuses to go back (`rollback`, `down`) if a name is missing.
 * With `refuse`, knex keeps refusing. Calls `onRun` after each run of the migrator until the returned function is called;
 * undefined for anything but a knex client.
 */
export function bridgeMigrations(knex: unknown, olderBuilds: OlderBuilds, onRun: Listener): (() => void) | undefined {
  if (typeof knex !== 'function') return undefined;
  const heard = listeners.get(knex) ?? redefine(knex, olderBuilds);
  heard?.add(onRun);
  return heard && (() => void heard.delete(onRun));
}

/** Makes the property `migrate` of a client return a migrator that tolerates missing names. */
function redefine(knex: object, olderBuilds: OlderBuilds): Set<Listener> | undefined {
  const original = Object.getOwnPropertyDescriptor(knex, 'migrate');
  if (!original?.get || !original.configurable) return undefined;
  const heard = new Set<Listener>();
  const lenient = olderBuilds === 'allow' ? { disableMigrationsListValidation: true } : {};
  listeners.set(knex, heard);
  Object.defineProperty(knex, 'migrate', {
    ...original,
    get() {
      const migrator = Reflect.apply(original.get!, this, []) as Migrator;
      for (const name of FORWARD) {
        const call = migrator[name].bind(migrator) as Call;
        migrator[name] = async (config, ...rest) => {
          try {
            return await call({ ...config, ...lenient }, ...rest);
          } finally {
            const run = describeRun(config);
            if (name !== 'list') await Promise.all([...heard].map((onRun) => onRun(run)));
          }
        };
      }
      return migrator;
    },
  });
  return heard;
}

/** Merged as in knex (lib/migrations/migrate/migrator-configuration-merger.js): a folder takes precedence over code. */
function describeRun(config: object = {}): MigratorRun {
  const { tableName, migrationSource, directory } = config as Record<string, unknown>;
  return {
    tableName: typeof tableName === 'string' ? tableName : 'knex_migrations',
    inCode: Boolean(migrationSource) && !directory,
  };
}
