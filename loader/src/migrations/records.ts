import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import type { StagedBundle } from '../stage/stagedBundle';
import { bundlesOf, type Composition } from '../composition/part';
import { countMigrations, isNewerVersion, showNames, type OwnedMigration } from './compare';
import type { DatabaseReport, DatabaseSetup, DatabaseWatch } from './databaseUse';
import { ownMigrations } from './ownNames';

/** A migration in the database of a plugin, and the build that applied it, if known. */
export interface AppliedMigration {
  pluginId: string;
  name: string;
  version?: string;
  /** Hex sha256 of the build. */
  digest?: string;
  /** See `OwnedMigration`. */
  inCode?: boolean;
}

/** The part of a status that describes a build on a database that a newer one has migrated. */
export interface NewerDatabase {
  /** The version that has migrated it; absent if unknown. */
  version?: string;
  /** Names of the migrations that the build lacks. */
  migrations: string[];
  message: string;
}

/** Storage of the applied migrations, by bundle name. */
export interface MigrationMemory {
  get(name: string): { migrations?: AppliedMigration[] };
  update(name: string, changes: { migrations: AppliedMigration[] | undefined }): Promise<void>;
}

/** Dependencies of {@link MigrationRecords}. */
export interface MigrationRecordsOptions extends Pick<DatabaseSetup, 'olderBuilds' | 'sharedDatabase'> {
  memory: MigrationMemory;
  logger: LoggerService;
  /** Called when a running bundle uses a database that a newer build has migrated. */
  onNewer(bundle: StagedBundle, newer: NewerDatabase): void;
}

/** Most migrations that are recorded for one bundle. */
const MOST_REMEMBERED = 2000;

/** Records which build has applied which migration to the databases of plugins, and which bundles run on a newer one. */
export class MigrationRecords {
  readonly #options: MigrationRecordsOptions;
  /** The last message about each bundle, by name. */
  readonly #told = new Map<string, string>();
  readonly #own = new Map<string, ReadonlySet<string>>();

  constructor(options: MigrationRecordsOptions) {
    this.#options = options;
  }

  /** Watches one build of a unit that is about to start; undefined if the unit has no bundle. */
  begin(pluginId: string, composition: Composition): DatabaseWatch | undefined {
    const bundles = bundlesOf(composition);
    return bundles.length === 0 ? undefined : this.watch(pluginId, bundles);
  }

  /** The same, of bundles. */
  watch(pluginId: string, bundles: readonly StagedBundle[]): DatabaseWatch {
    return {
      setup: () => this.#setup(pluginId, bundles),
      heard: (report) => this.#heard(pluginId, bundles, report),
    };
  }

  /** The message about the loaded build of a bundle. */
  newer({ name, version: ownVersion, digest }: StagedBundle): NewerDatabase | undefined {
    const own = this.#own.get(digest);
    const lacking = this.#applied(name).filter(
      (one) =>
        one.digest !== digest &&
        own &&
        !own.has(one.name) &&
        // Another build of code may have it as well, unless it is the older one.
        (!one.inCode || isNewerVersion(one.version, ownVersion)),
    );
    if (lacking.length === 0) return undefined;
    const version = lacking.at(-1)!.version;
    const migrations = lacking.map((one) => one.name);
    const by = version ?? 'a newer build';
    return {
      ...(version !== undefined && { version }),
      migrations,
      message: `runs on a database that ${by} has migrated (${countMigrations(migrations.length)})`,
    };
  }

  /** A bundle has changed its state; `loaded` is the build of it that is part of units now. */
  async follow(name: string, loaded: StagedBundle | undefined): Promise<void> {
    if (!loaded) {
      this.#told.delete(name);
      return;
    }
    if (this.#applied(name).length === 0 && !this.#told.has(name)) return;
    await this.#learn([loaded]);
    const newer = this.newer(loaded);
    const told = newer && `${loaded.digest} ${newer.message}`;
    if (told === this.#told.get(name)) return;
    if (told === undefined) this.#told.delete(name);
    else {
      this.#told.set(name, told);
      this.#options.logger.warn(`${name}@${loaded.version} ${newer!.message}: ${showNames(newer!.migrations)}`);
      this.#options.onNewer(loaded, newer!);
    }
  }

  #setup(pluginId: string, bundles: readonly StagedBundle[]): DatabaseSetup {
    const recorded = bundles.flatMap(({ name: owner }) =>
      this.#applied(owner).flatMap((one) =>
        one.pluginId === pluginId ? [{ owner, name: one.name, version: one.version, inCode: one.inCode }] : [],
      ),
    );
    const { olderBuilds, sharedDatabase } = this.#options;
    return { olderBuilds, sharedDatabase, recorded };
  }

  #heard(pluginId: string, bundles: readonly StagedBundle[], { present, added }: DatabaseReport): void {
    void this.#learn(bundles);
    for (const bundle of bundles) {
      const of = (list: OwnedMigration[]): OwnedMigration[] => list.filter(({ owner }) => owner === bundle.name);
      this.#remember(pluginId, bundle, of(present), new Set(of(added).map(({ name }) => name)));
    }
  }

  #remember(
    pluginId: string,
    { name, version, digest }: StagedBundle,
    present: readonly OwnedMigration[],
    added: ReadonlySet<string>,
  ): void {
    const remembered = this.#applied(name);
    const before = new Map(remembered.filter((one) => one.pluginId === pluginId).map((one) => [one.name, one]));
    const migrations = [
      ...remembered.filter((one) => one.pluginId !== pluginId),
      ...present.map(({ name: migration, inCode }) => ({
        pluginId,
        name: migration,
        ...(added.has(migration)
          ? { version, digest }
          : { version: before.get(migration)?.version, digest: before.get(migration)?.digest }),
        ...(inCode && { inCode }),
      })),
    ].slice(0, MOST_REMEMBERED);
    const written = this.#options.memory.update(name, { migrations: migrations.length > 0 ? migrations : undefined });
    written.catch((error: StagedoorError) => this.#options.logger.error(faultText(error)));
  }

  async #learn(bundles: readonly StagedBundle[]): Promise<void> {
    for (const bundle of bundles) {
      if (!this.#own.has(bundle.digest)) this.#own.set(bundle.digest, (await ownMigrations(bundle)).names);
    }
  }

  #applied(name: string): AppliedMigration[] {
    return this.#options.memory.get(name).migrations ?? [];
  }
}

/** True for what a state file may hold of migrations. */
export function areMigrations(value: unknown): value is AppliedMigration[] | undefined {
  if (value === undefined) return true;
  return (
    Array.isArray(value) &&
    value.every((one: unknown) => {
      const { pluginId, name, version = '', digest = '' } = (one ?? {}) as Record<string, unknown>;
      return [pluginId, name, version, digest].every((part) => typeof part === 'string');
    })
  );
}
