import { gt, valid } from 'semver';
import type { MigrationTable } from './tables';

/** A migration, and the package whose build has applied it. */
export interface OwnedMigration {
  owner: string;
  name: string;
  /** It is code of the build rather than a file: whether another build has it is unknown. */
  inCode?: boolean;
}

/** The migrations of a build, for {@link compareMigrations}. */
export interface BroughtMigrations {
  owner: string;
  names: ReadonlySet<string>;
}

/** The record of a migration. */
export interface RecordedMigration extends OwnedMigration {
  /** Whether a newer version than the one that is about to start has applied it. */
  byNewer: boolean;
}

/** The tables of a database, compared with the builds that are about to use it. */
export interface Comparison {
  /** Applied, and in none of the builds: a newer build has applied them. */
  newer: OwnedMigration[];
  /** Every name of the tables that the builds have to do with. */
  present: OwnedMigration[];
  /** Names in tables of which nothing is known: those of services of the portal that use the plugin's database, for instance. */
  unclaimed: Array<{ table: string; name: string }>;
  /** Tables that they have to do with whose lock is held. */
  locked: string[];
}

/**
 * Compares the tables with the builds of one plugin and its modules. A table belongs to the build with which it shares most
 * names; names that this build lacks are newer. A table that shares no name may exist only for a newer build, or belong to a
 * build with its migrations in code: there, only the records count.
 */
export function compareMigrations(
  tables: readonly MigrationTable[],
  builds: readonly BroughtMigrations[],
  recorded: readonly RecordedMigration[],
): Comparison {
  const own = new Set(builds.flatMap(({ names }) => [...names]));
  const remembered = new Map(recorded.map((one) => [one.name, one]));
  const found: Comparison = { newer: [], present: [], unclaimed: [], locked: [] };
  for (const { table, names, locked } of tables) {
    const holder = ownerOf(names, builds);
    if (locked && holder !== undefined) found.locked.push(table);
    for (const name of names) {
      const known = holder === undefined ? remembered.get(name) : undefined;
      const owner = holder ?? known?.owner;
      if (owner === undefined) {
        found.unclaimed.push({ table, name });
        continue;
      }
      found.present.push({ owner, name, ...(known?.inCode && { inCode: true }) });
      const lacking = known === undefined || known.byNewer;
      if (lacking && !own.has(name)) found.newer.push({ owner, name });
    }
  }
  return found;
}

function ownerOf(names: readonly string[], builds: readonly BroughtMigrations[]): string | undefined {
  const shared = builds.map((build) => ({
    owner: build.owner,
    count: names.filter((name) => build.names.has(name)).length,
  }));
  const most = shared.reduce((best, next) => (next.count > best.count ? next : best), { owner: '', count: 0 });
  return most.count > 0 ? most.owner : undefined;
}

const MOST_SHOWN = 10;
const LONGEST_SHOWN = 120;

/** Names from a database as a message shows them: anybody may have written them. */
export function showNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_SHOWN).map((name) => JSON.stringify(name.slice(0, LONGEST_SHOWN)).slice(1, -1));
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** `1 migration`, `2 migrations`. */
export function countMigrations(count: number): string {
  return `${count} ${count === 1 ? 'migration' : 'migrations'}`;
}

/** Whether one version is newer than another; one that cannot be compared is not. */
export function isNewerVersion(version: string | undefined, than: string | undefined): boolean {
  return Boolean(valid(version) && valid(than) && gt(version!, than!));
}
