import { builtinModules } from 'node:module';
import { join } from 'node:path';
import type { Output } from './bundle';
import { SHIMMED_PACKAGE, SHIM_INPUT } from './esbuild/packagePathShim';
import { packageOfImport, type InstalledPackage, type PackageFinder } from './installedPackage';
import { isVirtual } from './modules';
import type { Plan } from './plan';

/** What ended up in a build. */
export interface Contents {
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

const BUILTINS = new Set(builtinModules);

/** Reads esbuild's metafile: which packages were inlined, and what stays imported by whom. */
export function readContents(plan: Plan, { inputs, output }: Output, finder: PackageFinder): Contents {
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
      const shimmed = imported.path === SHIM_INPUT;
      if (!shimmed && !(imported.external && left.has(imported.path))) continue;
      const name = packageOfImport(shimmed ? SHIMMED_PACKAGE : imported.path);
      if (isForeign(name)) imports.set(name, (imports.get(name) ?? new Set()).add(owner));
    }
  }
  return { inlined, imports };
}

function isForeign(name: string): boolean {
  return !/^[./]/.test(name) && !name.startsWith('node:') && !BUILTINS.has(name);
}
