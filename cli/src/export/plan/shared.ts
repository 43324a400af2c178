import { SHARED_ROOT, findPackageDir, sharedPackages, type SharedPackage } from '@stagedoor/bundle';
import type { TargetHost } from '../source/host/readHost';
import { PackageFinder } from '../source/installedPackage';
import { whyShared } from '../source/sharing';
import type { Forced } from './overrides';

/** A package that stays an import of the bundle. */
export interface SharedImport {
  name: string;
  /** As installed for the plugin, which it was written against; where it is not installed, the host's. */
  version: string;
  /** Real path of its folder; undefined where it is not installed. */
  dir?: string;
}

/** Where neither a plugin nor the app around it has shared packages, those that this package depends on count. */
const OWN_DIR = __dirname;

/** The folder that shared packages are resolved from, for a plugin in `dir`, or for one that is fetched by a command in `dir`. */
export function sharedFolder(dir: string): string {
  return findPackageDir(SHARED_ROOT, dir) ? dir : OWN_DIR;
}

/** The packages of the host that a plugin is not to bring along that is fetched by a command in `dir`. */
export function sharedAround(dir: string): SharedPackage[] {
  return sharedPackages(sharedFolder(dir)).filter(({ name, version }) => whyShared(name, version));
}

/** Finds packages as installed for the plugin in `dir`, else as installed for `sharedFrom`. */
class Installation {
  private readonly finder = new PackageFinder();

  constructor(
    private readonly dir: string,
    private readonly sharedFrom: string,
  ) {}

  find(name: string, version: string): SharedImport {
    const dir = findPackageDir(name, this.dir) ?? findPackageDir(name, this.sharedFrom);
    return { name, version: (dir && this.finder.ofDir(dir)?.version) ?? version, dir };
  }
}

/**
 * The packages that hosts provide, by name: those of `host`, or else the closure installed for `sharedFrom`. `dir` is the
 * plugin's folder. Throws SHARED_PACKAGE_MISSING.
 */
export function providedPackages(dir: string, sharedFrom: string, host?: TargetHost): Map<string, SharedImport> {
  const installation = new Installation(dir, sharedFrom);
  const packages: SharedImport[] = host
    ? Object.entries(host.shared).map(([name, version]) => installation.find(name, version))
    : sharedPackages(sharedFrom);
  return new Map(packages.map((entry) => [entry.name, entry]));
}

/**
 * What stays an import: the provided packages that `whyShared` means, those that a host shares beyond what Backstage's hosts have
 * in common, and what `forced` adds and removes.
 */
export function sharedImports(
  provided: ReadonlyMap<string, SharedImport>,
  forced: Forced,
  { dir, sharedFrom }: { dir: string; sharedFrom: string },
): Map<string, SharedImport> {
  const installation = new Installation(dir, sharedFrom);
  const common = new Set(sharedPackages(sharedFrom).map(({ name }) => name));
  const added = [...forced.keys()].filter((name) => forced.get(name) === 'shared' && !provided.has(name));
  const stays = ({ name, version }: SharedImport): boolean =>
    !common.has(name) || whyShared(name, version) !== undefined;
  return new Map(
    [...provided.values(), ...added.map((name) => installation.find(name, '0.0.0'))]
      .filter((entry) => (forced.has(entry.name) ? forced.get(entry.name) === 'shared' : stays(entry)))
      .map((entry) => [entry.name, entry]),
  );
}
