import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import { PackageFinder, isInstalled, type InstalledManifest, type InstalledPackage } from '../source/installedPackage';

/** What somebody may ask for instead of the packager's own decision. */
export type Override = 'shared' | 'inline' | 'hoist';

/** Patterns on package names, as given: `--inline '@acme/*'`. */
export type OverridePatterns = Partial<Record<Override, readonly string[]>>;

/** The decision that is asked for, by package name. */
export type Forced = ReadonlyMap<string, Override>;

const KINDS = ['shared', 'inline', 'hoist'] as const;

/**
 * The packages that the patterns mean, among those `provided` by the host and all that `self` depends on, with a warning for each pattern
 * that means none. Throws USAGE for a package that two options claim, and for source that is to be hoisted.
 */
export async function resolveOverrides(
  self: InstalledPackage,
  patterns: OverridePatterns,
  provided: ReadonlySet<string>,
): Promise<{ forced: Forced; warnings: string[] }> {
  const given = KINDS.flatMap((kind) => (patterns[kind] ?? []).map((pattern) => ({ kind, pattern })));
  const forced = new Map<string, Override>();
  const warnings: string[] = [];
  if (given.length === 0) return { forced, warnings };
  const { default: picomatch } = await import('picomatch');
  const reachable = dependencyClosure(self);
  const names = new Set([...reachable.keys(), ...provided]);
  for (const { kind, pattern } of given) {
    const matches = picomatch(pattern, { nonegate: true });
    const matched = [...names].filter((name) => matches(name));
    // No error: at the root of a workspace one set of patterns is for every plugin.
    if (matched.length === 0) warnings.push(`--${kind} ${pattern} matches no package that ${self.name} depends on.`);
    for (const name of matched) {
      const other = forced.get(name);
      if (other && other !== kind) throw new StagedoorError('USAGE', `--${other} and --${kind} both match ${name}.`);
      if (kind === 'hoist') refuseSource(reachable.get(name));
      forced.set(name, kind);
      if (kind === 'shared' && !provided.has(name)) {
        warnings.push(`--shared ${name}: the bundle loads only in a host that shares ${name}.`);
      }
    }
  }
  return { forced, warnings };
}

/** A package of the workspace is TypeScript and changes with the plugin; a copy in node_modules would be neither built nor found. */
function refuseSource(pkg: InstalledPackage | undefined): void {
  if (!pkg || isInstalled(pkg.dir)) return;
  throw new StagedoorError('USAGE', `--hoist matches ${pkg.name}, which is source in ${pkg.dir}.`, {
    hint: 'Only installed packages can be hoisted; source is bundled.',
  });
}

/** Every installed package that can be reached through what packages declare, by name; one of several versions. */
function dependencyClosure(self: InstalledPackage): Map<string, InstalledPackage> {
  const finder = new PackageFinder();
  const found = new Map<string, InstalledPackage>();
  const seen = new Set([self.dir]);
  for (const queue = [self]; queue.length > 0;) {
    const from = queue.pop()!;
    for (const name of declared(from.manifest)) {
      const dir = findPackageDir(name, from.dir);
      const pkg = dir ? finder.ofDir(dir) : undefined;
      if (!dir || !pkg || seen.has(dir)) continue;
      seen.add(dir);
      found.set(name, pkg);
      queue.push(pkg);
    }
  }
  return found;
}

function declared({ dependencies, optionalDependencies, peerDependencies }: InstalledManifest): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}
