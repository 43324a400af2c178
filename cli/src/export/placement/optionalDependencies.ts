import type { BuildFailure } from 'esbuild';
import { unresolvedPackages } from '../bundle/esbuild/buildFailure';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { packageOfImport, type InstalledPackage } from '../source/installedPackage';

/**
 * Leaves out what a build did not find, where the importer itself calls it optional. Decides nothing when something
 * that is needed is missing, or when the build failed for another reason.
 */
export function optionalDependencies(failure: BuildFailure, { plan, finder }: ExportContext): Decision[] {
  const decisions: Decision[] = [];
  for (const { specifier, importer } of unresolvedPackages(failure, plan.workspace.root) ?? []) {
    const name = packageOfImport(specifier);
    const owner = finder.ofFile(importer);
    if (!owner || owner.dir === plan.dir || requires(owner, name)) return [];
    const text = `optional for ${owner.name} and not installed`;
    decisions.push({ kind: 'absent', name, reason: { code: 'optional-not-installed', text } });
  }
  return decisions;
}

/** True when the package cannot do without `name`. Undeclared imports are those of optional peers before peersMeta. */
function requires({ manifest }: InstalledPackage, name: string): boolean {
  if (manifest.optionalDependencies?.[name] !== undefined) return false;
  if (manifest.dependencies?.[name] !== undefined) return true;
  return manifest.peerDependencies?.[name] !== undefined && manifest.peerDependenciesMeta?.[name]?.optional !== true;
}
