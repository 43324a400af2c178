import { findPackageDir, type SharedPackage } from '@stagedoor/bundle';
import { mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writingState } from './stateDirectory';

/** The folders that staged bundles live in, and through which Node finds what the host shares. */
export interface Shelves {
  /** For bundles with our manifest: exactly the shared packages are visible. */
  staged: string;
  /** For bundles of other tools, which expect all of the host's `node_modules`. */
  stagedForeign: string;
  /** What was compiled of staged copies and found out about them, laid out as they are; may be lost at any time. */
  compiled: string;
  /** Scratch space on the same file system. */
  temporary: string;
}

/** Where it is told which staged copy was made of which drop. */
export function indexFile({ temporary }: Shelves): string {
  return indexFileIn(dirname(temporary));
}

/** The same, in a state directory. */
export function indexFileIn(stateDir: string): string {
  return join(stateDir, 'staged.json');
}

/**
 * Lays out `<stateDir>`: `staged/` under a `node_modules` of links to the shared packages, `foreign/staged/` under a
 * link to the host's whole `node_modules`, and an empty `tmp/`. Plain Node resolution does the rest. Throws
 * STATE_UNWRITABLE.
 */
export function layShelves(stateDir: string, shared: readonly SharedPackage[], hostDir: string): Promise<Shelves> {
  return writingState(stateDir, () => lay(stateDir, shared, hostDir));
}

async function lay(stateDir: string, shared: readonly SharedPackage[], hostDir: string): Promise<Shelves> {
  const shelves: Shelves = {
    staged: join(stateDir, 'staged'),
    stagedForeign: join(stateDir, 'foreign', 'staged'),
    compiled: join(stateDir, 'compiled'),
    temporary: join(stateDir, 'tmp'),
  };
  await rm(shelves.temporary, { recursive: true, force: true });
  await rm(join(stateDir, 'node_modules'), { recursive: true, force: true });
  for (const dir of Object.values(shelves) as string[]) await mkdir(dir, { recursive: true });
  for (const { name, dir } of shared) {
    const link = join(stateDir, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(dir, link, 'dir');
  }
  const hostPackage = findPackageDir('@backstage/backend-plugin-api', hostDir);
  if (hostPackage) await pointLink(join(stateDir, 'foreign', 'node_modules'), dirname(dirname(hostPackage)));
  return shelves;
}

async function pointLink(link: string, target: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === target) return;
  await rm(link, { recursive: true, force: true });
  await symlink(target, link, 'dir');
}
