import { join } from 'node:path';
import type { Build } from '../bundle/bundleContents';
import { isVirtual } from '../bundle/virtualInputs';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';
import type { BundleParts } from './bundleParts';

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

/** Lists the packages inlined, hoisted and embedded in a bundle, and which of them imports which. */
export function bundledPackages(
  { build, layout, imports, copied }: BundleParts,
  context: ExportContext,
): BundledPackages {
  const { plan, finder, decisions } = context;
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
    entry.reason ??= decisions.hoisted.get(dir)?.reason.text;
  }
  for (const { package: pkg, to, paths } of copied) {
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
  return { packages, imported, ownBytes: ownBytes(build, context) };
}

function ownBytes({ output }: Build, { plan, finder }: ExportContext): number {
  return Object.entries(output.output.inputs)
    .filter(([path]) => !isVirtual(path) && finder.ofFile(join(plan.workspace.root, path))?.dir === plan.dir)
    .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
}
