import { readdir } from 'node:fs/promises';
import { dirname, join, posix, relative, sep } from 'node:path';
import { isInside } from '@stagedoor/bundle';
import { endingOf, type ModuleFacts } from '../analysis/moduleFacts';
import type { InstalledManifest, InstalledPackage } from '../source/installedPackage';

/** What Node.js never reads of a package: types, maps, prose, sources of native code and what building it leaves. */
const NOT_READ =
  /\.(map|[cm]?tsx?|tsbuildinfo|gypi?|cc?|cpp|cxx|hh?|hpp|o|a|mk|vcxproj|md|patch|flow)$|(^|[\\/.])Makefile$/i;
const NOT_OURS = /(^|[\\/])(node_modules|\.git|obj\.target|\.deps)[\\/]/;
/** Folders at the top of a package that serve those who work on it. */
const FOR_AUTHORS =
  /^(\.(github|git|eslint|prettier|npm|nyc|editorconfig|travis|babel)|(tests?|__tests__|examples?|benchmarks?|coverage)[\\/])/;

/** What code of a package says of the files that it reads. */
export type NamedFiles = Pick<ModuleFacts, 'paths' | 'folders' | 'endings'>;

/**
 * The files of a package that may be read at runtime, relative, nested packages left out; `used` (relative) is what is
 * known to be. Builds for browsers and for other module systems, which `exports` names under another condition, are left
 * out where nothing in them is used. What its code names (`named`) is there, of whatever kind it is.
 */
export async function runtimeFiles(
  { dir, manifest }: InstalledPackage,
  used: Iterable<string>,
  named: readonly NamedFiles[] = [],
): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const known = [...used].map((path) => path.split(sep).join('/'));
  const variants = unusedVariants(manifest, known);
  const isNamed = namedPaths(dir, named);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .filter((path) => !NOT_OURS.test(path) && (mayBeRead(path) || isNamed(path)))
    .filter((path) => !variants.some((folder) => path.split(sep).join('/').startsWith(`${folder}/`)))
    .sort();
}

function mayBeRead(path: string): boolean {
  return !NOT_READ.test(path) && !FOR_AUTHORS.test(path);
}

/** Tells of a path in `dir` whether code names it: by a folder that it makes paths of, or by how it ends. */
function namedPaths(dir: string, named: readonly NamedFiles[]): (path: string) => boolean {
  const places = new Set(named.flatMap(({ paths, folders }) => [...paths, ...folders]));
  places.delete(dir);
  const known = new Set(named.flatMap(({ endings }) => endings));
  return (path) => {
    const ending = endingOf(path);
    // A package never needs its own maps.
    if (ending === '.map') return false;
    if (ending !== undefined && known.has(ending) && !FOR_AUTHORS.test(path)) return true;
    return [...places].some((place) => isInside(place, join(dir, path)));
  };
}

/** True for an addon that was prebuilt for another platform: the bundle is for this one. */
export function isForeignPrebuild(path: string): boolean {
  const [, platform, archs] = /^prebuilds[\\/]([a-z0-9]+)-([a-z0-9+]+)[\\/]/.exec(path) ?? [];
  return platform !== undefined && !(platform === process.platform && archs!.split('+').includes(process.arch));
}

/** Folders of entry points that no used file shares, for example `dist/browser`. */
function unusedVariants(manifest: InstalledManifest, used: string[]): string[] {
  const targets = [manifest.module, manifest.browser, manifest.exports, manifest['react-native']].flatMap(pathsIn);
  const folders = new Set(targets.map((path) => dirname(posix.normalize(path))));
  return [...folders].filter(
    (folder) =>
      folder !== '.' && !folder.startsWith('..') && used.length > 0 && !used.some((path) => overlaps(path, folder)),
  );
}

/** True for a file in the folder, or whose own folder holds it. */
function overlaps(path: string, folder: string): boolean {
  return path.startsWith(`${folder}/`) || folder.startsWith(`${dirname(path)}/`);
}

function pathsIn(value: unknown): string[] {
  if (typeof value === 'string') return /\.[cm]?js$/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(pathsIn) : [];
}
