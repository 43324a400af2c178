import { join } from 'node:path';
import type { Build } from '../buildAll';
import type { Decisions } from '../decisions';
import { embeddedPath } from '../esbuild/packagePathShim';
import type { HoistLayout } from '../hoist';
import type { InstalledPackage, PackageFinder } from '../installedPackage';
import { isVirtual } from '../modules';
import type { Plan } from '../plan';

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
}

/** Lists the packages inlined, hoisted and embedded in a bundle, and which of them imports which. */
export function bundledPackages(plan: Plan, { build, decisions, layout, finder }: Sources): BundledPackages {
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
  for (const [name, pkg] of decisions.embedded) enter(pkg).paths.push(embeddedPath(name));

  const imported = new Set<string>();
  const connect = (from: InstalledPackage, to: InstalledPackage): void => {
    const id = `${to.name}@${to.version}`;
    if (from.dir === to.dir || !byId.has(id)) return;
    (from.dir === plan.dir ? imported : byId.get(`${from.name}@${from.version}`)?.imports)?.add(id);
  };
  const ownBytes = connectInlined(plan, build, finder, connect);
  for (const { as, package: pkg } of decisions.hoisted.values()) {
    for (const importer of build.contents.imports.get(as) ?? []) connect(importer, pkg);
  }
  for (const { dir, imports } of layout.values()) {
    for (const target of imports.values()) connect(finder.ofDir(dir)!, finder.ofDir(target)!);
  }
  return { packages: [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), imported, ownBytes };
}

/** Reports every import between packages in the output; returns the bytes that are the plugin's own. */
function connectInlined(
  plan: Plan,
  { output }: Build,
  finder: PackageFinder,
  connect: (from: InstalledPackage, to: InstalledPackage) => void,
): number {
  const ownerOf = (input: string): InstalledPackage | undefined =>
    isVirtual(input) ? undefined : finder.ofFile(join(plan.workspace.root, input));
  let ownBytes = 0;
  for (const [path, { bytesInOutput }] of Object.entries(output.output.inputs)) {
    const owner = ownerOf(path);
    if (!owner) continue;
    if (owner.dir === plan.dir) ownBytes += bytesInOutput;
    for (const imported of output.inputs[path]?.imports ?? []) {
      const target = imported.external ? undefined : ownerOf(imported.path);
      if (target) connect(owner, target);
    }
  }
  return ownBytes;
}
