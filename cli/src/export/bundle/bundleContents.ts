import { join } from 'node:path';
import type { Output } from './bundlePlugin';
import { HOISTED_NAMESPACE } from './esbuild/externals';
import { SHIMMED_PACKAGE, SHIM_INPUT } from './esbuild/packagePathShim';
import { isPackageImport, packageOfOutputImport, type InstalledPackage } from '../source/installedPackage';
import { isVirtual } from './virtualInputs';
import type { ExportContext } from '../plan/exportContext';

/** What ended up in a build. */
export interface BundleContents {
  /** Every package that gave code, without the plugin itself, by folder. */
  inlined: Map<string, InlinedPackage>;
  /** Imports that are left in the output: package name → the packages that import it. */
  imports: Map<string, Set<InstalledPackage>>;
}

/** An inlined package and what it weighs in the output. */
export interface InlinedPackage {
  package: InstalledPackage;
  bytes: number;
  /** Absolute paths of its modules in the output. */
  files: string[];
}

/** A build that nothing more is decided about: its files, and what is in them. */
export interface Build {
  output: Output;
  contents: BundleContents;
}

/** Reads esbuild's metafile: which packages were inlined, and what stays imported by whom. */
export function readContents({ inputs, output }: Output, { plan, finder, decisions }: ExportContext): BundleContents {
  const inlined = new Map<string, InlinedPackage>();
  const imports = new Map<string, Set<InstalledPackage>>();
  const left = new Set(output.imports.filter((entry) => entry.external).map((entry) => entry.path));
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const file = join(plan.workspace.root, path);
    const owner = isVirtual(path) ? undefined : finder.ofFile(file);
    if (!owner) continue;
    if (owner.dir !== plan.dir) {
      const entry = inlined.get(owner.dir) ?? { package: owner, bytes: 0, files: [] };
      entry.bytes += bytesInOutput;
      entry.files.push(file);
      inlined.set(owner.dir, entry);
    }
    for (const imported of inputs[path]?.imports ?? []) {
      const stands = standsFor(imported.path);
      if (stands === undefined && !(imported.external && left.has(imported.path))) continue;
      const name = packageOfOutputImport(stands ?? imported.path);
      if (isPackageImport(name)) imports.set(name, (imports.get(name) ?? new Set()).add(owner));
    }
  }
  for (const { as, wantedBy } of decisions.hoisted.values()) {
    if (wantedBy) imports.set(as, (imports.get(as) ?? new Set()).add(wantedBy));
  }
  return { inlined, imports };
}

/** The package that an input of the packager itself stands in front of. */
function standsFor(input: string): string | undefined {
  if (input === SHIM_INPUT) return SHIMMED_PACKAGE;
  const prefix = `${HOISTED_NAMESPACE}:`;
  return input.startsWith(prefix) ? input.slice(prefix.length) : undefined;
}

/** One inlined package; `bytes` is its share of the output. */
export interface InlinedSummary {
  name: string;
  version: string;
  bytes: number;
}

/** What is inlined, heaviest first; one entry per name and version: npm may have installed a package several times. */
export function inlinedSummary({ inlined }: Pick<BundleContents, 'inlined'>): InlinedSummary[] {
  const byId = new Map<string, InlinedSummary>();
  for (const { package: pkg, bytes } of inlined.values()) {
    const entry = byId.get(`${pkg.name}@${pkg.version}`) ?? { name: pkg.name, version: pkg.version, bytes: 0 };
    entry.bytes += bytes;
    byId.set(`${pkg.name}@${pkg.version}`, entry);
  }
  return [...byId.values()].sort((a, b) => b.bytes - a.bytes || (a.name < b.name ? -1 : 1));
}
