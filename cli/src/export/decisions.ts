import type { InstalledPackage } from './installedPackage';

/** A package that cannot be bundled and is copied to the bundle's node_modules. */
export interface Hoisted {
  package: InstalledPackage;
  /** Folder name below node_modules: the package name, or one with the version where two versions are hoisted. */
  as: string;
  /** Why, as one clause for people, e.g. `loads a native addon`. */
  reason: string;
}

/** What a build leaves out and answers for, found out build by build. */
export class Decisions {
  /** Hoisted packages by the folder they lie in. */
  readonly hoisted = new Map<string, Hoisted>();
  /** Optional packages that are not installed, by name, with the reason: a guarded import stays one. */
  readonly absent = new Map<string, string>();
  /** Packages whose asset files travel, by name. */
  readonly embedded = new Map<string, InstalledPackage>();

  /** Hoists a package; false when it was hoisted before. */
  hoist(pkg: InstalledPackage, reason: string): boolean {
    if (this.hoisted.has(pkg.dir)) return false;
    const taken = [...this.hoisted.values()].some((entry) => entry.as === pkg.name);
    this.hoisted.set(pkg.dir, { package: pkg, as: taken ? `${pkg.name}-${pkg.version}` : pkg.name, reason });
    return true;
  }
}
