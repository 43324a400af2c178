import { SHARED_ROOT, findPackageDir, sharedPackages } from '@stagedoor/bundle';
import type { HostManifest } from './host/readHost';
import { PackageFinder } from './installedPackage';
import type { Forced } from './overrides';

/** A package that stays an import of the bundle. */
export interface SharedImport {
  name: string;
  /** As installed for the plugin, which it was written against; where it is not installed, the host's. */
  version: string;
  /** Real path of its folder; undefined where it is not installed. */
  dir?: string;
}

/**
 * The packages that a host provides, by name: those of `host`, or else the closure installed for `sharedFrom`. `forced`
 * adds and removes. `dir` is the plugin's folder. Throws SHARED_PACKAGE_MISSING.
 */
export function sharedImports(
  dir: string,
  sharedFrom: string,
  { host, forced }: { host?: HostManifest; forced: Forced },
): Map<string, SharedImport> {
  const finder = new PackageFinder();
  const installed = (name: string, version: string): SharedImport => {
    const found = findPackageDir(name, dir) ?? findPackageDir(name, sharedFrom);
    return { name, version: (found && finder.ofDir(found)?.version) ?? version, dir: found };
  };
  const provided: SharedImport[] = host
    ? Object.entries(host.shared).map(([name, version]) => installed(name, version))
    : sharedPackages(sharedFrom);
  const added = [...forced.keys()].filter((name) => forced.get(name) === 'shared');
  return new Map(
    [...provided.filter(({ name }) => name !== SHARED_ROOT), ...added.map((name) => installed(name, '0.0.0'))]
      .filter(({ name }) => (forced.get(name) ?? 'shared') === 'shared')
      .map((entry) => [entry.name, entry]),
  );
}
