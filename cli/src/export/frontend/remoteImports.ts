import { relative, sep } from 'node:path';
import type { StatsModule } from '@rspack/core';
import { findPackageDir } from '@stagedoor/bundle';
import { validRange } from 'semver';
import type { ExportedPackage } from '../plan/plan';
import type { ImportEdge } from '../describe/packageImports';
import { packageOfImport, type InstalledPackage, type PackageFinder } from '../source/installedPackage';
import { moduleFile } from './remoteModules';

/** What the packages in a remote import. */
export interface RemoteImports {
  /** Packages that the app is asked for, by name, with those that import them. */
  imports: Map<string, Set<InstalledPackage>>;
  edges: ImportEdge[];
}

const SHARED = /^consume shared module \([^)]*\) ((?:@[^/@]+\/)?[^@]+)@/;

/** Reads Rspack's account of modules: which package imports which, among those in `carried`, by folder. */
export function remoteImports(
  modules: Iterable<StatsModule>,
  carried: ReadonlySet<string>,
  finder: PackageFinder,
): RemoteImports {
  const imports: RemoteImports['imports'] = new Map();
  const edges: ImportEdge[] = [];
  const known = new Set<string>();
  for (const module of modules) {
    const request = SHARED.exec(module.identifier ?? '')?.[1];
    const shared = request === undefined ? undefined : packageOfImport(request);
    const target = moduleFile(module.identifier ?? '');
    const to = shared === undefined && target !== undefined ? finder.ofFile(target) : undefined;
    if (shared === undefined && (!to || !carried.has(to.dir))) continue;
    const reasons = reasonsOf(module, finder);
    for (const { from, importer, named } of reasons) {
      if (!carried.has(from.dir) || from.dir === to?.dir) continue;
      const through = to && !leadsTo(named ?? to.name, from, to) ? reexporters(reasons, to) : undefined;
      const name = shared ?? (through || named === undefined ? to!.name : named);
      if (shared !== undefined) imports.set(shared, (imports.get(shared) ?? new Set()).add(from));
      const key = [from.dir, name, to?.dir].join('\0');
      if (known.has(key)) continue;
      known.add(key);
      edges.push({
        from,
        name,
        to,
        file: relative(from.dir, importer).split(sep).join('/'),
        ...(through && { through }),
      });
    }
  }
  return { imports, edges };
}

/** Why a module is in a build: a file of a package imports it. */
interface Reason {
  from: InstalledPackage;
  /** Absolute path of the file. */
  importer: string;
  /** The package that the import names; undefined for a path. */
  named: string | undefined;
}

function reasonsOf({ reasons = [] }: StatsModule, finder: PackageFinder): Reason[] {
  return reasons.flatMap(({ moduleIdentifier, userRequest = '' }) => {
    const importer = moduleFile(moduleIdentifier ?? '');
    const from = importer === undefined ? undefined : finder.ofFile(importer);
    if (importer === undefined || !from) return [];
    return [{ from, importer, named: /^[./]/.test(userRequest) ? undefined : packageOfImport(userRequest) }];
  });
}

/**
 * False where an import names a package that only hands on what another one exports: Rspack says then that the importer imports
 * the other one.
 */
function leadsTo(name: string, from: InstalledPackage, to: InstalledPackage): boolean {
  const found = findPackageDir(name, from.dir);
  return found === undefined || found === to.dir;
}

/** The packages that import a package by its name themselves, of those for which a module is in the build. */
function reexporters(reasons: readonly Reason[], to: InstalledPackage): InstalledPackage[] {
  const found = reasons.filter(
    ({ from, named }) => from.dir !== to.dir && named !== undefined && leadsTo(named, from, to),
  );
  return [...new Set(found.map(({ from }) => from))];
}

/**
 * The range of every package that the app is asked for: what the plugin declares, or else what is installed for it.
 * What other packages declare is of no use: many name no React that came after them.
 */
export function sharedRanges(
  { self, dir }: ExportedPackage,
  { imports }: Pick<RemoteImports, 'imports'>,
  finder: PackageFinder,
): Record<string, string> {
  const { dependencies, peerDependencies, devDependencies } = self.manifest;
  const ranges = [...imports.keys()].sort().map((name): [string, string] => {
    const declared = peerDependencies?.[name] ?? dependencies?.[name] ?? devDependencies?.[name];
    if (declared !== undefined && validRange(declared) !== null) return [name, declared];
    const place = findPackageDir(name, dir);
    const installed = place && finder.ofDir(place)?.version;
    return [name, installed ? `^${installed}` : '*'];
  });
  return Object.fromEntries(ranges);
}
