import { readdir } from 'node:fs/promises';
import { basename, extname, sep } from 'node:path';
import type { StagedBundle } from '../stage/stagedBundle';

/** The migrations among the files of a bundle. */
export interface OwnMigrations {
  /** Names of all files that may be migrations, in any folder: knex compares names only. */
  names: ReadonlySet<string>;
  /** Whether a folder is named as one for migrations. */
  hasFolder: boolean;
}

/** The extensions that knex loads (knex, lib/migrations/common/MigrationsLoader.js), and those that users configure. */
const EXTENSIONS = new Set([
  '.co',
  '.coffee',
  '.eg',
  '.iced',
  '.js',
  '.cjs',
  '.mjs',
  '.litcoffee',
  '.ls',
  '.ts',
  '.sql',
]);
const FOLDER = /migrat/i;

const known = new WeakMap<StagedBundle, Promise<OwnMigrations>>();

/** The migrations of a bundle, including hoisted and embedded packages. */
export function ownMigrations(bundle: StagedBundle): Promise<OwnMigrations> {
  let own = known.get(bundle);
  if (!own) known.set(bundle, (own = read(bundle)));
  return own;
}

async function read({ dir, manifest }: StagedBundle): Promise<OwnMigrations> {
  const paths = manifest
    ? manifest.files.map(({ path }) => path)
    : (await readdir(dir, { recursive: true })).map((path) => path.replaceAll(sep, '/'));
  const scripts = paths.filter((path) => EXTENSIONS.has(extname(path)));
  return {
    names: new Set(scripts.map((path) => basename(path))),
    hasFolder: scripts.some((path) =>
      path
        .split('/')
        .slice(0, -1)
        .some((folder) => FOLDER.test(folder)),
    ),
  };
}
