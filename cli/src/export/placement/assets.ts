import { findPackageDir } from '@stagedoor/bundle';
import type { Contents } from '../bundle/bundleContents';
import type { InstalledPackage, PackageFinder } from '../source/installedPackage';
import type { OutputModule } from '../bundle/outputModules';
import type { Plan } from '../plan/plan';

// esbuild appends a number where several modules use the name.
const LITERAL_CALL = /\bresolvePackagePath\d*\)?\(\s*["'`]([^"'`]+)["'`]/g;
const ANY_CALL = /\bresolvePackagePath\d*\)?\(/g;

/**
 * The packages, besides the plugin, whose files bundled code asks for with `resolvePackagePath`: those named in a
 * literal, and every inlined package that calls it with something computed.
 */
export function assetPackages(
  plan: Plan,
  { inlined }: Contents,
  modules: OutputModule[],
  finder: PackageFinder,
): InstalledPackage[] {
  const byName = new Map([...inlined.values()].map((entry) => [entry.package.name, entry.package]));
  const found = new Set<InstalledPackage>();
  for (const { owner, code } of modules) {
    const literals = [...code.matchAll(LITERAL_CALL)].map((match) => match[1]!);
    if (literals.length < [...code.matchAll(ANY_CALL)].length) found.add(owner);
    for (const name of literals) {
      // Never another copy of the plugin that happens to be installed.
      if (name === plan.pkg.name) continue;
      const dir = byName.get(name)?.dir ?? findPackageDir(name, owner.dir);
      const pkg = dir && finder.ofDir(dir);
      if (pkg && !plan.shared.has(name)) found.add(pkg);
    }
  }
  return [...found].filter((pkg) => pkg.dir !== plan.dir);
}
