import { join, relative, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import { SHIMMED_PACKAGE, SHIM_INPUT } from '../bundle/esbuild/packagePathShim';
import type { HoistedBuild } from '../hoist/layout';
import {
  isPackageImport,
  packageOfImport,
  packageOfOutputImport,
  type InstalledPackage,
} from '../source/installedPackage';
import { isVirtual } from '../bundle/virtualInputs';
import type { ExportContext } from '../plan/exportContext';

/** One package of a bundle importing another. */
export interface ImportEdge {
  from: InstalledPackage;
  /** The name that is written in the import. */
  name: string;
  /** Undefined for what is not in the bundle: a shared or an absent package. */
  to?: InstalledPackage;
  /** The first file that has the import, relative to its package; unknown inside traced packages. */
  file?: string;
  /**
   * Where the import names another package, which only hands on what `to` exports and is not in the bundle itself: who imports `to`
   * in its place, as far as known. What they declare counts.
   */
  through?: InstalledPackage[];
}

/** Every import that leads from one package to another in a bundle, in the order that esbuild met them. */
export function packageImports({ build, roots, layout }: HoistedBuild, context: ExportContext): ImportEdge[] {
  const { plan, finder } = context;
  const { contents } = build;
  const { inputs, output } = build.output;
  const edges = new Map<string, ImportEdge>();
  const add = (edge: ImportEdge): void => {
    const key = [edge.from.dir, edge.name, edge.to?.dir].join('\0');
    if (edge.from.dir !== edge.to?.dir && !edges.has(key)) edges.set(key, edge);
  };
  const copies = new Map(roots.map((root) => [root.as, root.package]));
  const carried = new Set([plan.dir, ...contents.inlined.keys()]);
  /** Imports of files that are not in the bundle themselves. */
  const handedOn: Array<{ from: InstalledPackage; file: string; target: string }> = [];
  const left = new Set(output.imports.filter((entry) => entry.external).map((entry) => entry.path));
  for (const path of Object.keys(output.inputs)) {
    const importer = join(plan.workspace.root, path);
    const from = isVirtual(path) ? undefined : finder.ofFile(importer);
    if (!from) continue;
    const file = relative(from.dir, importer).split(sep).join('/');
    for (const { path: target, external, original } of inputs[path]?.imports ?? []) {
      if (target === SHIM_INPUT) add({ from, name: SHIMMED_PACKAGE, file });
      else if (external) {
        const as = packageOfOutputImport(target);
        const to = copies.get(as);
        if (left.has(target) && isPackageImport(as)) add({ from, name: to?.name ?? as, to, file });
      } else if (!isVirtual(target)) {
        const to = finder.ofFile(join(plan.workspace.root, target));
        const name = original && isPackageImport(original) ? packageOfImport(original) : to?.name;
        // An import of which nothing is used leads to a package that is not in the bundle.
        if (to && name && carried.has(to.dir)) add({ from, name, to, file });
        else if (to && !carried.has(to.dir)) handedOn.push({ from, file, target });
      }
    }
  }
  const direct = new Set([...edges.values()].map(({ to }) => to?.dir));
  for (const { from, file, target } of handedOn) {
    for (const { to, through } of reexported(inputs, target, carried, context)) {
      if (!direct.has(to.dir)) add({ from, name: to.name, to, file, through: [through] });
    }
  }
  const imported = new Set([...edges.values()].map(({ to }) => to?.dir));
  // The imports of copied scripts are not among the inputs of esbuild.
  for (const { as, package: to } of roots.filter((root) => !imported.has(root.package.dir))) {
    for (const from of contents.imports.get(as) ?? []) add({ from, name: to.name, to });
  }
  for (const { dir, imports } of layout.values()) {
    for (const [name, target] of imports) add({ from: finder.ofDir(dir)!, name, to: finder.ofDir(target)! });
  }
  return [...edges.values()];
}

/** What a file that is not in the bundle hands on of packages that are, each with the package that imports it. */
function reexported(
  inputs: Metafile['inputs'],
  target: string,
  carried: ReadonlySet<string>,
  { plan, finder }: ExportContext,
): Array<{ to: InstalledPackage; through: InstalledPackage }> {
  const ownerOf = (input: string) => (isVirtual(input) ? undefined : finder.ofFile(join(plan.workspace.root, input)));
  const found: Array<{ to: InstalledPackage; through: InstalledPackage }> = [];
  const seen = new Set([target]);
  for (const path of seen) {
    const through = ownerOf(path);
    for (const next of through ? (inputs[path]?.imports ?? []) : []) {
      const to = next.external ? undefined : ownerOf(next.path);
      if (to && carried.has(to.dir)) found.push({ to, through: through! });
      else if (to) seen.add(next.path);
    }
  }
  return found;
}
