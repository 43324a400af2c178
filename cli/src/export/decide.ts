import type { BuildFailure } from 'esbuild';
import { unresolvedPackages } from './buildFailure';
import type { Decisions } from './decisions';
import { packageOfImport, type InstalledPackage, type PackageFinder } from './installedPackage';
import type { Plan } from './plan';

/**
 * Leaves out what a failed build did not find, where the importer itself calls it optional. Returns false when
 * something that is needed is missing, or when the build failed for another reason.
 */
export function excludeAbsent(failure: BuildFailure, plan: Plan, finder: PackageFinder, decisions: Decisions): boolean {
  const unresolved = unresolvedPackages(failure, plan);
  if (!unresolved) return false;
  for (const { specifier, importer } of unresolved) {
    const name = packageOfImport(specifier);
    const owner = finder.ofFile(importer);
    if (!owner || owner.dir === plan.dir || requires(owner, name)) return false;
    decisions.excluded.set(name, { kind: 'absent', reason: `optional for ${owner.name} and not installed` });
  }
  return true;
}

/** True when the package cannot do without `name`. Undeclared imports are those of optional peers before peersMeta. */
function requires({ manifest }: InstalledPackage, name: string): boolean {
  if (manifest.optionalDependencies?.[name] !== undefined) return false;
  if (manifest.dependencies?.[name] !== undefined) return true;
  return manifest.peerDependencies?.[name] !== undefined && manifest.peerDependenciesMeta?.[name]?.optional !== true;
}
