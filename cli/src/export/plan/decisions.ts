import { relative, sep } from 'node:path';
import { fileName } from '@stagedoor/bundle';
import type { InstalledPackage } from '../source/installedPackage';
import type { Forced } from './overrides';

/** Which rule decided. */
export type ReasonCode =
  | 'asked-for'
  | 'native-addon'
  | 'top-level-await'
  | 'imports-top-level-await'
  | 'code-by-name'
  | 'named-dependency'
  | 'own-files'
  | 'asset-path'
  | 'imported-by-copied-script'
  | 'fails-start-check'
  | 'optional-not-installed'
  | 'unbuilt-source'
  | 'required-at-runtime';

/** Why a rule decides as it does: a code for other rules, and one clause for people, e.g. `loads a native addon`. */
export interface Reason {
  code: ReasonCode;
  text: string;
}

/** Modules of an installed package; paths are absolute. */
export interface PackageModules {
  package: InstalledPackage;
  files: readonly string[];
}

/** What a rule decides about one package or file. {@link Decisions.apply} carries it out. */
export type Decision = { reason: Reason } & (
  | HoistDecision
  /** Hoisted code that is reached besides what the build has seen. */
  | ({ kind: 'trace' } & PackageModules)
  /** A guarded import of a package that is not installed stays an import. */
  | { kind: 'absent'; name: string }
  /** The import `specifier` means this source file. */
  | { kind: 'source'; specifier: string; file: string }
  /** The asset files of a package are copied to `embedded/`. */
  | { kind: 'embed'; package: InstalledPackage }
  /** These data files of an inlined package are copied. */
  | ({ kind: 'carry' } & PackageModules)
  /** The source file `file` is bundled by itself to the bundle path `path`. */
  | { kind: 'script'; path: string; file: string }
  /** Bundled code of the source file `file` gets the new place of its package's files. */
  | { kind: 'relocate'; file: string; package: InstalledPackage }
);

/** How much of a hoisted package is copied. */
export interface HoistExtent {
  /** With all its files, not only those that can be traced. */
  whole: boolean;
  /** With every dependency that it declares for production, whole as well. */
  dependencies?: boolean;
  /** The package that declares it, where it is in the bundle whether or not anything imports it. */
  wantedBy?: InstalledPackage;
}

/** A package is copied to the bundle's node_modules. */
export type HoistDecision = { kind: 'hoist' } & HoistExtent & PackageModules;

/** A package that cannot be bundled and is copied to the bundle's node_modules. */
export interface Hoisted extends HoistExtent {
  dependencies: boolean;
  package: InstalledPackage;
  /** Folder name below node_modules: the package name, or one with the version where two versions are hoisted. */
  as: string;
  /** Absolute paths of its modules that bundled code uses. */
  files: string[];
  reason: Reason;
}

/** Data files of an inlined package that its code reads from where it lies. */
export interface Assets {
  package: InstalledPackage;
  /** Their folder in the bundle, laid out as in the package. */
  to: string;
  /** Relative to the package. */
  paths: Set<string>;
}

/** Where in a bundle the asset files of an inlined package lie. */
export function embeddedPath(name: string): string {
  return `embedded/${fileName(name)}`;
}

/** The decisions of one export. They accumulate build by build; {@link apply} alone changes them. */
export class Decisions {
  constructor(private readonly forced: Forced = new Map()) {}

  /** Hoisted packages by the folder they lie in. */
  readonly hoisted = new Map<string, Hoisted>();
  /** Optional packages that are not installed, by name: a guarded import stays one. */
  readonly absent = new Map<string, Reason>();
  /** Source of workspace packages that were never built, by the import that means it. */
  readonly sources = new Map<string, string>();
  /** Packages whose asset files are copied, by name. */
  readonly embedded = new Map<string, InstalledPackage>();
  /** Data files of installed packages that are copied, by the folder of the package. */
  readonly assets = new Map<string, Assets>();
  /** Scripts that the plugin and workspace packages start by path: absolute source file by bundle path. */
  readonly scripts = new Map<string, string>();
  /** Source files that find files of their package from where they lie, by absolute path. */
  readonly relocated = new Map<string, InstalledPackage>();

  /** Carries out a decision; true where it calls for another build. */
  apply(decision: Decision): boolean {
    switch (decision.kind) {
      case 'hoist':
        return this.hoist(decision);
      case 'trace':
        this.hoisted.get(decision.package.dir)?.files.push(...decision.files);
        return false;
      case 'absent':
        return added(this.absent, decision.name, decision.reason);
      case 'source':
        return added(this.sources, decision.specifier, decision.file);
      case 'embed':
        return added(this.embedded, decision.package.name, decision.package);
      case 'carry':
        this.carry(decision);
        return false;
      case 'script':
        return added(this.scripts, decision.path, decision.file);
      case 'relocate':
        return added(this.relocated, decision.file, decision.package);
    }
  }

  private hoist(decision: HoistDecision & { reason: Reason }): boolean {
    const { package: pkg, files, whole, dependencies = false, wantedBy, reason } = decision;
    if (this.forced.get(pkg.name) === 'inline') return false;
    const before = this.hoisted.get(pkg.dir);
    if (before) {
      const changed = Boolean(
        (whole && !before.whole) || (dependencies && !before.dependencies) || (wantedBy && !before.wantedBy),
      );
      before.whole ||= whole;
      before.dependencies ||= dependencies;
      before.wantedBy ??= wantedBy;
      return changed;
    }
    const taken = [...this.hoisted.values()].some((entry) => entry.as === pkg.name);
    const as = taken ? `${pkg.name}-${pkg.version}` : pkg.name;
    this.hoisted.set(pkg.dir, { package: pkg, as, files: [...files], reason, whole, dependencies, wantedBy });
    return true;
  }

  private carry({ package: pkg, files }: PackageModules): void {
    const to = `${embeddedPath(pkg.name)}-${pkg.version}`;
    const entry = this.assets.get(pkg.dir) ?? { package: pkg, to, paths: new Set() };
    this.assets.set(pkg.dir, entry);
    for (const file of files) entry.paths.add(relative(pkg.dir, file).split(sep).join('/'));
  }
}

/** Sets an entry; true where the key is new. */
function added<T>(map: Map<string, T>, key: string, value: T): boolean {
  const before = map.size;
  map.set(key, value);
  return map.size > before;
}
