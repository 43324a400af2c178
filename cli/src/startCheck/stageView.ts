import {
  databaseDrivers,
  isStagedoorError,
  sharedPackages,
  type PackageJson,
  type SharedPackage,
} from '@stagedoor/bundle';
import { constants } from 'node:fs';
import { cp, mkdir, mkdtemp, realpath, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { satisfies, validRange } from 'semver';
import { nameFolder } from '../temporary/knownNames';

/** The folders that a start check runs in, all below one temporary folder; all paths real. */
export interface View {
  /** Remove this one at the end. */
  dir: string;
  /** Holds the copied bundle and, beside it, a `node_modules` of links to the peers it declares. */
  viewDir: string;
  bundleDir: string;
  /** Links to every shared package. */
  hostDir: string;
  /** Working, home and temporary folder of the child. */
  homeDir: string;
}

/** A fresh, empty temporary folder, by its real path: Node resolves modules from real paths. */
export async function makeViewDir(): Promise<string> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'stagedoor-start-check-')));
  nameFolder(dir, 'the start check');
  return dir;
}

/** Lays out `dir`: a copy of the bundle where nothing resolves that it neither carries nor declares. */
export async function layView(
  dir: string,
  bundle: { dir: string; packageJson: PackageJson },
  shared: readonly SharedPackage[],
): Promise<View> {
  const view: View = {
    dir,
    viewDir: join(dir, 'view'),
    bundleDir: join(dir, 'view', 'bundle'),
    hostDir: join(dir, 'host'),
    homeDir: join(dir, 'home'),
  };
  const peers = bundle.packageJson.peerDependencies ?? {};
  // As a portal that has them; what a bundle carries itself comes first.
  const drivers = databaseDrivers(__dirname);
  await mkdir(view.homeDir);
  await Promise.all([
    link(shared, view.hostDir),
    link(
      [...shared, ...drivers].filter(({ name }) => name in peers),
      view.viewDir,
    ),
    cp(bundle.dir, view.bundleDir, {
      recursive: true,
      // What a link leads to must lie in the copy, not where the original was built.
      dereference: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !source.endsWith('/node_modules/.bin'),
    }),
  ]);
  return view;
}

/** The shared packages as installed for `dir`, else those of the CLI itself. Throws SHARED_PACKAGE_MISSING. */
export function hostPackages(dir: string): SharedPackage[] {
  try {
    return sharedPackages(dir);
  } catch (error) {
    if (!isStagedoorError(error) || error.code !== 'SHARED_PACKAGE_MISSING') throw error;
    return sharedPackages(__dirname);
  }
}

/** One warning for each declared peer that the test host has in a version outside the declared range. */
export function peerWarnings({ peerDependencies = {} }: PackageJson, shared: readonly SharedPackage[]): string[] {
  return shared.flatMap(({ name, version }) => {
    const range = peerDependencies[name];
    if (!range || !validRange(range) || satisfies(version, range, { includePrerelease: true })) return [];
    return [`started with ${name} ${version}, outside the declared range ${range}`];
  });
}

async function link(packages: readonly SharedPackage[], into: string): Promise<void> {
  for (const { name, dir } of packages) {
    const path = join(into, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    await symlink(dir, path, 'junction');
  }
}
