import { readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { packageJsonObject } from './packageJsonObject';

/** The fields of an installed package.json that decisions read. npm has validated it, so only shapes used are checked. */
export interface InstalledManifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  configSchema?: unknown;
  [field: string]: unknown;
}

/** A package as it lies on disk. */
export interface InstalledPackage {
  name: string;
  version: string;
  /** Absolute path of its folder. */
  dir: string;
  manifest: InstalledManifest;
}

/** Finds the package that a file belongs to; one instance caches what it read. */
export class PackageFinder {
  private readonly byDir = new Map<string, InstalledPackage | undefined>();

  /** The package of the absolute path `file`: the nearest folder upwards whose package.json has a name and version. */
  ofFile(file: string): InstalledPackage | undefined {
    return this.ofDir(dirname(file));
  }

  /** {@link ofFile} for a folder, which may be the package folder itself. */
  ofDir(dir: string): InstalledPackage | undefined {
    if (this.byDir.has(dir)) return this.byDir.get(dir);
    const found =
      (this.isPackageFolder(dir) ? read(dir) : undefined) ??
      (dirname(dir) === dir ? undefined : this.ofDir(dirname(dir)));
    this.byDir.set(dir, found);
    return found;
  }

  /** False below the top of an installed package: builds may carry a copy of package.json, even of another version. */
  private isPackageFolder(dir: string): boolean {
    const top = installedTop(dir);
    return top === undefined || top === dir || this.ofDir(top)?.dir !== top;
  }
}

function read(dir: string): InstalledPackage | undefined {
  const file = join(dir, 'package.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const manifest: InstalledManifest = packageJsonObject(text, file);
  // Folders such as dist/esm carry a package.json of `{"type": "module"}` only: not a package.
  if (typeof manifest.name !== 'string' || typeof manifest.version !== 'string') return undefined;
  return { name: manifest.name, version: manifest.version, dir, manifest };
}

/**
 * The folders of installed packages: `node_modules/name`, `node_modules/@scope/name`, and what Yarn links to from there. A
 * workspace may itself lie somewhere below a folder of that name.
 */
const INSTALLED =
  /^.*[\\/]node_modules[\\/](?:\.store[\\/][^\\/]+[\\/]package|(?:@[^\\/]+[\\/])?[^\\/@.][^\\/]*)(?=[\\/]|$)/;

/** The folder of the installed package that `dir` is or lies in, by its path; undefined where it is not in one. */
function installedTop(dir: string): string | undefined {
  return INSTALLED.exec(dir)?.[0];
}

/** True for the folder of an installed package, false for that of a plugin or another package of a workspace. */
export function isInstalled(dir: string): boolean {
  return installedTop(dir) === dir;
}

/** The package name of a bare import: `@a/b/c` → `@a/b`, `a/b` → `a`. */
export function packageOfImport(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** True for an import of a package: not for a path or a module of Node.js, also of a later Node.js (`node:…`). */
export function isPackageImport(specifier: string): boolean {
  return !/^[./]|^node:/.test(specifier) && !isBuiltin(packageOfImport(specifier));
}

/** The package that an import left in the output asks for; one of a hoisted file is written as its path. */
export function packageOfOutputImport(path: string): string {
  return packageOfImport(path.replace(/^\.{1,2}(?:\/\.\.)*\/node_modules\//, ''));
}

/** What `require` gives for a subpath of the installed package in `dir`; undefined where it finds nothing. */
export function requiredFile(dir: string, subpath: string): string | undefined {
  const name = installedName(dir);
  if (name === undefined) return undefined;
  try {
    // With a slash, also where Node.js has a module of its own by that name.
    return createRequire(join(dir, 'package.json')).resolve(
      subpath === '' && isBuiltin(name) ? `${name}/` : name + subpath,
    );
  } catch {
    return undefined;
  }
}

/** The name below the last node_modules of a package folder: under an npm alias not the package's own. */
export function installedName(dir: string): string | undefined {
  const parts = dir.split(sep);
  const last = parts.lastIndexOf('node_modules');
  return last < 0 ? undefined : parts.slice(last + 1).join('/');
}
