import { relative, sep } from 'node:path';
import type { InlinedPackage } from '../bundle/bundleContents';
import { embeddedPath } from '../bundle/esbuild/packagePathShim';
import type { InstalledPackage } from '../source/installedPackage';
import type { Forced } from './overrides';

/** Why a package is hoisted, and whether all of it must come along. */
export type HoistReason = Pick<Hoisted, 'reason' | 'whole'>;

/** A package that cannot be bundled and is copied to the bundle's node_modules. */
export interface Hoisted {
  package: InstalledPackage;
  /** Folder name below node_modules: the package name, or one with the version where two versions are hoisted. */
  as: string;
  /** Absolute paths of its modules that bundled code uses. */
  files: string[];
  /** Copied with all its files, not only those that can be traced. */
  whole: boolean;
  /** Why, as one clause for people, e.g. `loads a native addon`. */
  reason: string;
}

/** Data files of an inlined package that its code reads from where it lies. */
export interface Assets {
  package: InstalledPackage;
  /** Their folder in the bundle, laid out as in the package. */
  to: string;
  /** Relative to the package. */
  paths: Set<string>;
}

/** What a build leaves out and answers for, found out build by build. */
export class Decisions {
  constructor(private readonly forced: Forced = new Map()) {}

  /** Hoisted packages by the folder they lie in. */
  readonly hoisted = new Map<string, Hoisted>();
  /** Optional packages that are not installed, by name, with the reason: a guarded import stays one. */
  readonly absent = new Map<string, string>();
  /** Source of workspace packages that were never built, by the import that means it. */
  readonly sources = new Map<string, string>();
  /** Packages whose asset files travel, by name. */
  readonly embedded = new Map<string, InstalledPackage>();
  /** Data files of installed packages that travel, by the folder of the package. */
  readonly assets = new Map<string, Assets>();

  /** Scripts that the plugin and workspace packages start by path: absolute source file by bundle path. */
  readonly scripts = new Map<string, string>();
  /** Source files that find files of their package from where they lie, by absolute path. */
  readonly relocated = new Map<string, InstalledPackage>();

  /** Hoists a package, or hoists it whole; false when there was nothing to change. */
  hoist({ package: pkg, files }: Pick<InlinedPackage, 'package' | 'files'>, { reason, whole }: HoistReason): boolean {
    if (this.forced.get(pkg.name) === 'inline') return false;
    const before = this.hoisted.get(pkg.dir);
    if (before) {
      const changed = whole && !before.whole;
      before.whole ||= whole;
      return changed;
    }
    const taken = [...this.hoisted.values()].some((entry) => entry.as === pkg.name);
    this.hoisted.set(pkg.dir, {
      package: pkg,
      as: taken ? `${pkg.name}-${pkg.version}` : pkg.name,
      files,
      reason,
      whole,
    });
    return true;
  }

  /** Lets data files (absolute) of an inlined package travel. */
  carry(pkg: InstalledPackage, files: readonly string[]): void {
    const to = `${embeddedPath(pkg.name)}-${pkg.version}`;
    const entry = this.assets.get(pkg.dir) ?? { package: pkg, to, paths: new Set() };
    this.assets.set(pkg.dir, entry);
    for (const file of files) entry.paths.add(relative(pkg.dir, file).split(sep).join('/'));
  }
}
