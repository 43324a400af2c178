import { findPackageDir } from '@stagedoor/bundle';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';

/**
 * The installed packages that a package declares for production, and of its peers those that the plugin brings, under the name
 * that it has for them. Without those of types only, and without what the host provides.
 */
export function neededDependencies(
  pkg: InstalledPackage,
  { plan, finder }: ExportContext,
): Array<InstalledPackage & { as: string }> {
  const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = pkg.manifest;
  const declared = Object.keys({ ...dependencies, ...optionalDependencies });
  const peers = Object.keys({ ...peerDependencies, ...peerDependenciesMeta }).filter((name) => plan.brought.has(name));
  return [...new Set([...declared, ...peers])]
    .filter((name) => !name.startsWith('@types/') && !plan.shared.has(name))
    .flatMap((name) => {
      const dir = findPackageDir(name, pkg.dir);
      const found = dir === undefined || dir === plan.dir ? undefined : finder.ofDir(dir);
      return found ? [{ ...found, as: name }] : [];
    });
}
