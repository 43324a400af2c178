import { dirname, join, relative, resolve } from 'node:path';
import { findHome, type Home } from './home';
import { baseName } from './names';
import type { CreateOptions, PackageKind } from './options';

/** Folder of a workspace that is made for a pair, of which every subfolder is a member. */
const MEMBERS = 'plugins';
/** In the order in which they are shown. */
const PAIR: readonly PackageKind[] = ['frontend-plugin', 'backend-plugin'];

/** A package that is to be made, and where. */
export interface Place {
  kind: PackageKind;
  home: Home;
}

/** Where everything lies that is to be made. */
export interface Places {
  /** Absolute: the package, or the folder that holds both of a pair. */
  dir: string;
  /** The packages; of a pair the frontend first. */
  packages: Place[];
  /** The new workspace of a pair, where none is around. */
  own?: { name: string; patterns: string[]; folders: string[] };
}

/** Finds the place of every package that is to be made. Throws as {@link findHome}. */
export async function findPlaces(options: CreateOptions): Promise<Places> {
  const { kind, id, cwd, folder } = options;
  if (kind !== 'pair') {
    const home = await findHome({ ...options, kind });
    return { dir: home.dir, packages: [{ kind, home }] };
  }
  const packages = await Promise.all(PAIR.map((each) => memberOfPair(each, options)));
  if (packages[0]!.home.workspace) return { dir: dirname(packages[0]!.home.dir), packages };
  const dir = resolve(cwd, folder ?? id);
  for (const each of packages) each.home.dir = join(dir, MEMBERS, each.home.name);
  return {
    dir,
    packages,
    own: { name: id, patterns: [`${MEMBERS}/*`], folders: packages.map(({ home }) => relative(dir, home.dir)) },
  };
}

async function memberOfPair(kind: PackageKind, { folder, ...options }: CreateOptions): Promise<Place> {
  const { dir, ...home } = await findHome({ ...options, kind });
  if (folder === undefined || !home.workspace) return { kind, home: { dir, ...home } };
  const within = join(folder, baseName({ ...options, kind }, true));
  return { kind, home: await findHome({ ...options, kind, folder: within }) };
}
