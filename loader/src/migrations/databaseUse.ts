import type { DatabaseService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import { overlay } from '../host/overlay';
import type { OlderBuilds } from '../settings/database';
import type { StagedBundle } from '../stage/stagedBundle';
import { deadline } from '../deadline';
import { bridgeMigrations, type MigratorRun } from './bridge';
import { compareMigrations, isNewerVersion, type Comparison, type OwnedMigration } from './compare';
import { databaseLocked, databaseNewer, databaseUnreadable } from './errors';
import { ownMigrations } from './ownNames';
import { readMigrationTables, type KnexClient } from './tables';

/** The portal's side of the database of one build that is about to start. */
export interface DatabaseWatch {
  /** What a start goes by; asked for at every start, also that after a crash. */
  setup(): DatabaseSetup;
  /** Hears what the build found in the database, and did to it. */
  heard(report: DatabaseReport): void;
}

/** What one start of a plugin goes by, wherever it runs. */
export interface DatabaseSetup {
  olderBuilds: OlderBuilds;
  /** Whether the database holds the tables of other plugins, in schemas of their own. */
  sharedDatabase: boolean;
  /** What is remembered of migrations in the database of the plugin: by which version of which package. */
  recorded: Array<OwnedMigration & { version?: string }>;
}

/** What a build found in the database of its plugin, and did to it. */
export interface DatabaseReport {
  /** Applied, and in none of its files. */
  newer: OwnedMigration[];
  /** All that was applied when it was looked for last. */
  present: OwnedMigration[];
  /** Applied by this build. */
  added: OwnedMigration[];
}

/** Dependencies of {@link DatabaseUse}. */
export interface DatabaseUseOptions {
  pluginId: string;
  /** The package that brings the plugin; undefined if that is one of the portal's own. */
  pluginOwner: string | undefined;
  /** The bundles that are part of the unit. */
  bundles: readonly StagedBundle[];
  setup: DatabaseSetup;
  /** Whether a bundle brings a database service of its own, whose client is not known. */
  ownService: boolean;
  onReport(report: DatabaseReport): void;
}

/** How long a database may take to say what it holds: where it does not, the start itself says why. */
const READ_MS = 10_000;
/** How long another replica may take for a migration that holds knex's lock; and how often it is looked for. */
const LOCK_MS = 10_000;
const LOCK_POLL_MS = 250;

/** How one generation of a plugin uses the plugin's database: held against its migrations first, watched then. */
export class DatabaseUse {
  readonly #options: DatabaseUseOptions;
  readonly #added: OwnedMigration[] = [];
  #found: Comparison | undefined;
  #starting = true;
  #unsubscribe: (() => void) | undefined;
  #checked: Promise<void> | undefined;

  constructor(options: DatabaseUseOptions) {
    this.#options = options;
  }

  /** Whether the bundles bring migrations, or brought some: no database is made only to look into it. */
  async concerns(): Promise<boolean> {
    const { bundles, setup } = this.#options;
    const own = await Promise.all(bundles.map(ownMigrations));
    return setup.recorded.length > 0 || own.some(({ hasFolder }) => hasFolder);
  }

  /**
   * Compares what is in the database with what the bundles bring, once; nothing is changed. Throws DATABASE_NEWER if a newer build
   * has migrated it and this one may not or cannot run on that, DATABASE_LOCKED, and, where older builds are refused, DATABASE_UNREADABLE.
   */
  check(service: Pick<DatabaseService, 'getClient'>): Promise<void> {
    this.#checked ??= this.#check(service);
    return this.#checked;
  }

  /** The database service as the generation gets it: checked before the first client is handed out. */
  wrap(service: DatabaseService): DatabaseService {
    return overlay(service, {
      getClient: async () => {
        await this.check(service);
        const client = await service.getClient();
        this.#unsubscribe ??= bridgeMigrations(client, this.#options.setup.olderBuilds, (run) =>
          this.#look(client as unknown as KnexClient, run),
        );
        return client;
      },
    });
  }

  /**
   * The start has ended. The generation that comes after this one uses the same client: from now on, only what is in files of its
   * own bundles is taken for its doing.
   */
  started(): void {
    this.#starting = false;
  }

  /** The generation has ended. */
  end(): void {
    this.#unsubscribe?.();
  }

  async #check(service: Pick<DatabaseService, 'getClient'>): Promise<void> {
    const refuses = this.#options.setup.olderBuilds === 'refuse';
    try {
      const client = (await deadline(service.getClient(), READ_MS, late)) as unknown as KnexClient;
      this.#found = await this.#unlocked(client);
    } catch (cause) {
      if (!refuses) return;
      throw databaseUnreadable(this.#options.pluginId, cause as Error);
    }
    if (!this.#found) return;
    this.#report();
    const { newer, locked } = this.#found;
    if (locked.length > 0) throw databaseLocked(this.#options.pluginId, locked);
    if (newer.length > 0 && (refuses || this.#options.ownService)) throw this.#newerFault(newer);
  }

  /** What is in the database, when nobody migrates it any more, or for too long. */
  async #unlocked(client: KnexClient): Promise<Comparison | undefined> {
    const until = performance.now() + LOCK_MS;
    for (;;) {
      const found = await this.#compare(client);
      if (!found || found.locked.length === 0 || performance.now() > until) return found;
      await sleep(LOCK_POLL_MS);
    }
  }

  async #compare(client: KnexClient): Promise<Comparison | undefined> {
    const { bundles, setup } = this.#options;
    const tables = await deadline(readMigrationTables(client, setup.sharedDatabase), READ_MS, late);
    const builds = await Promise.all(
      bundles.map(async (bundle) => ({ owner: bundle.name, names: (await ownMigrations(bundle)).names })),
    );
    const versions = new Map(bundles.map(({ name, version }) => [name, version]));
    // What is not in the database any more counts for nothing: one in memory begins anew.
    const present = this.#found && new Set(this.#found.present.map(({ name }) => name));
    const recorded = setup.recorded
      .filter(({ name }) => present?.has(name) ?? true)
      .map((one) => ({ ...one, byNewer: isNewerVersion(one.version, versions.get(one.owner)) }));
    const added = this.#added.map((one) => ({ ...one, byNewer: false }));
    return tables && compareMigrations(tables, builds, [...recorded, ...added]);
  }

  /** Finds out what the build has applied since the last look. Never rejects: the migrator has its own say. */
  async #look(client: KnexClient, { tableName, inCode }: MigratorRun): Promise<void> {
    try {
      const found = await this.#compare(client);
      if (!found) return;
      const { bundles, pluginOwner } = this.#options;
      const own = new Set((await Promise.all(bundles.map(ownMigrations))).flatMap(({ names }) => [...names]));
      const isOfRun = (table: string): boolean => table === tableName || table.endsWith(`.${tableName}`);
      const unclaimed =
        inCode && this.#starting && pluginOwner !== undefined
          ? found.unclaimed.filter(({ table }) => isOfRun(table))
          : [];
      const before = new Set(
        [...(this.#found?.present ?? []), ...(this.#found?.unclaimed ?? [])].map(({ name }) => name),
      );
      const inFiles = found.present.filter(({ name }) => own.has(name));
      const inCodeOnly = unclaimed.map(({ name }) => ({ owner: pluginOwner!, name, inCode: true }));
      const added = [...inFiles, ...inCodeOnly].filter(({ name }) => !before.has(name));
      found.present.push(...inCodeOnly);
      this.#found = found;
      if (added.length === 0) return;
      this.#added.push(...added);
      this.#report();
    } catch {
      // The next look, or the next start, finds it.
    }
  }

  #report(): void {
    const { newer, present } = this.#found!;
    this.#options.onReport({ newer, present, added: [...this.#added] });
  }

  #newerFault(newer: readonly OwnedMigration[]): StagedoorError {
    const { pluginId, setup } = this.#options;
    const names = newer.map(({ name }) => name);
    const version = setup.recorded.find(({ name }) => names.includes(name))?.version;
    const refusedBy = setup.olderBuilds === 'refuse' ? 'setting' : 'own-service';
    return databaseNewer({ pluginId, names, version, refusedBy });
  }
}

function late(): Error {
  return new Error(`no answer within ${READ_MS / 1000} s`);
}
