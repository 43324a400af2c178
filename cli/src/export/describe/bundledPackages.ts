import { join } from 'node:path';
import type { Build } from '../placement/settle';
import type { Decisions } from '../plan/decisions';
import type { HoistLayout } from '../hoist/layout';
import type { ImportEdge } from './packageImports';
import type { InstalledPackage, PackageFinder } from '../source/installedPackage';
import { isVirtual } from '../bundle/outputModules';
import type { Plan } from '../plan/plan';
import type { Travelling } from '../hoist/copiedFiles';

/** A package of which something is in the bundle. */
export interface BundledPackage {
  /** `name@version`: npm may have installed it several times. */
  id: string;
  package: InstalledPackage;
  /** Its share of the output, bytes; undefined where nothing of it is inlined. */
  inlinedBytes?: number;
  /** Bundle paths of its folders: where it is hoisted, and where its asset files lie. */
  paths: string[];
  /** Why it is hoisted, where that was decided about it itself. */
  reason?: string;
  /** Ids of the bundled packages that it imports, itself excluded. */
  imports: Set<string>;
}

/** What is in a bundle besides the plugin. */
export interface BundledPackages {
  /** By id, sorted. */
  packages: BundledPackage[];
  /** Ids of those that the plugin itself imports. */
  imported: Set<string>;
  /** The plugin's own share of the output, bytes. */
  ownBytes: number;
}

/** What {@link bundledPackages} reads. */
export interface Sources {
  build: Build;
  decisions: Decisions;
  layout: HoistLayout;
  finder: PackageFinder;
  imports: readonly ImportEdge[];
  travelling: readonly Travelling[];
}

/** Lists the packages inlined, hoisted and embedded in a bundle, and which of them imports which. */
export function bundledPackages(
  plan: Plan,
  { build, decisions, layout, finder, imports, travelling }: Sources,
): BundledPackages {
  const byId = new Map<string, BundledPackage>();
  const enter = (pkg: InstalledPackage): BundledPackage => {
    const id = `${pkg.name}@${pkg.version}`;
    const entry = byId.get(id) ?? { id, package: pkg, paths: [], imports: new Set() };
    byId.set(id, entry);
    return entry;
  };
  for (const { package: pkg, bytes } of build.contents.inlined.values()) {
    const entry = enter(pkg);
    entry.inlinedBytes = (entry.inlinedBytes ?? 0) + bytes;
  }
  for (const [path, { dir }] of layout) {
    const entry = enter(finder.ofDir(dir)!);
    entry.paths.push(path);
    entry.reason ??= decisions.hoisted.get(dir)?.reason;
  }
  for (const { package: pkg, to, paths } of travelling) {
    if (pkg.dir !== plan.dir && paths.length > 0) enter(pkg).paths.push(to);
  }

  const imported = new Set<string>();
  for (const { from, to } of imports) {
    const id = to && `${to.name}@${to.version}`;
    if (id === undefined || !byId.has(id)) continue;
    const importer = from.dir === plan.dir ? imported : byId.get(`${from.name}@${from.version}`)?.imports;
    importer?.add(id);
  }
  const packages = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const entry of packages) entry.imports.delete(entry.id);
  return { packages, imported, ownBytes: ownBytes(plan, build, finder) };
}

function ownBytes(plan: Plan, { output }: Build, finder: PackageFinder): number {
  return Object.entries(output.output.inputs)
    .filter(([path]) => !isVirtual(path) && finder.ofFile(join(plan.workspace.root, path))?.dir === plan.dir)
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}
