import { databaseDrivers, findPackageDir, type SharedPackage } from '@stagedoor/bundle';
import { lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writingState } from './stateDirectory';

/** The folders of staged bundles, through which Node finds the packages that the host shares. */
export interface Shelves {
  /** For bundles with our manifest: exactly the shared packages are visible. */
  staged: string;
  /** For bundles of other tools, which expect all of the host's `node_modules`. */
  stagedForeign: string;
  /** Data derived from staged copies, in the same layout; may be deleted at any time. */
  compiled: string;
  /** Scratch space on the same file system. */
  temporary: string;
}

/** The index of staged copies by drop. */
export function indexFile({ temporary }: Shelves): string {
  return indexFileIn(dirname(temporary));
}

/** The same, in a state directory. */
export function indexFileIn(stateDir: string): string {
  return join(stateDir, 'staged.json');
}

/**
 * Lays out `<stateDir>`: `staged/` under a `node_modules` of links to the shared packages and database drivers, `foreign/staged/` under a
 * link to the host's whole `node_modules`, and an empty `tmp/`. Plain Node resolution does the rest. Throws
 * STATE_UNWRITABLE.
 */
export function layShelves(stateDir: string, shared: readonly SharedPackage[], hostDir: string): Promise<Shelves> {
  return writingState(stateDir, async () => lay(stateDir, shared, hostDir));
}

/** Synchronous: a first start waits for this, and asynchronous calls would each wait for imports of Backstage. */
function lay(stateDir: string, shared: readonly SharedPackage[], hostDir: string): Shelves {
  const shelves: Shelves = {
    staged: join(stateDir, 'staged'),
    stagedForeign: join(stateDir, 'foreign', 'staged'),
    compiled: join(stateDir, 'compiled'),
    temporary: join(stateDir, 'tmp'),
  };
  rmSync(shelves.temporary, { recursive: true, force: true });
  rmSync(join(stateDir, 'node_modules'), { recursive: true, force: true });
  for (const dir of Object.values(shelves) as string[]) mkdirSync(dir, { recursive: true });
  // A plugin with a knex of its own uses the drivers that this portal has.
  for (const { name, dir } of [...shared, ...databaseDrivers(hostDir)]) {
    const link = join(stateDir, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(dir, link, 'dir');
  }
  const hostPackage = findPackageDir('@backstage/backend-plugin-api', hostDir);
  if (hostPackage) pointLink(join(stateDir, 'foreign', 'node_modules'), dirname(dirname(hostPackage)));
  return shelves;
}

function pointLink(link: string, target: string): void {
  if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() && readlinkSync(link) === target) return;
  rmSync(link, { recursive: true, force: true });
  symlinkSync(target, link, 'dir');
}
