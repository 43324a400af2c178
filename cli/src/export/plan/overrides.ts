import { StagedoorError, findPackageDir } from '@stagedoor/bundle';
import { PackageFinder, isInstalled, type InstalledManifest, type InstalledPackage } from '../source/installedPackage';

/** Placements that the user can choose instead of the packager's own decision. */
export type Override = 'shared' | 'inline' | 'hoist';

/** Patterns on package names, as given: `--inline '@acme/*'`. */
export type OverridePatterns = Partial<Record<Override, readonly string[]>>;

/** The decision that is asked for, by package name. */
export type Forced = ReadonlyMap<string, Override>;

const KINDS = ['shared', 'inline', 'hoist'] as const;

/** An installed package and the one that declares it. */
export interface AskedFor {
  package: InstalledPackage;
  wantedBy: InstalledPackage;
}

/** What is decided because it was asked for. */
export interface ResolvedOverrides {
  forced: Forced;
  /** The packages that are to be hoisted. */
  askedFor: AskedFor[];
  /** The options that mean no package of this plugin, as written. */
  unmatched: string[];
  warnings: string[];
}

/**
 * The packages that the patterns mean, among those `provided` by the host and all that `self` depends on. Throws USAGE for a package that
 * two options claim, and for source that is to be hoisted.
 */
export async function resolveOverrides(
  self: InstalledPackage,
  patterns: OverridePatterns,
  provided: ReadonlySet<string>,
): Promise<ResolvedOverrides> {
  const given = KINDS.flatMap((kind) => (patterns[kind] ?? []).map((pattern) => ({ kind, pattern })));
  const forced = new Map<string, Override>();
  const resolved = { forced, askedFor: [] as AskedFor[], unmatched: [] as string[], warnings: [] as string[] };
  if (given.length === 0) return resolved;
  const { default: picomatch } = await import('picomatch');
  const reachable = dependencyClosure(self);
  const names = new Set([...reachable.keys(), ...provided]);
  for (const { kind, pattern } of given) {
    const matches = picomatch(pattern, { nonegate: true });
    const matched = [...names].filter((name) => matches(name));
    // No error yet: at the root of a workspace one set of patterns is for every plugin.
    if (matched.length === 0) resolved.unmatched.push(`--${kind} ${pattern}`);
    for (const name of matched) {
      const other = forced.get(name);
      if (other && other !== kind) throw new StagedoorError('USAGE', `--${other} and --${kind} both match ${name}.`);
      const found = reachable.get(name);
      if (kind === 'hoist' && found) {
        refuseSource(found.package);
        resolved.askedFor.push(found);
      }
      forced.set(name, kind);
      if (kind === 'shared' && !provided.has(name)) {
        resolved.warnings.push(`--shared ${name}: the bundle loads only in a host that shares ${name}.`);
      }
    }
  }
  return resolved;
}

/** The error for override options that mean no package that any of the exported ones depends on. */
export function unmatchedOverrides(options: readonly string[], exported: string): StagedoorError {
  const verb = options.length === 1 ? 'matches' : 'match';
  return new StagedoorError('USAGE', `${options.join(', ')} ${verb} no package that ${exported} depends on.`, {
    hint: 'Check the spelling, and that the package is installed; --explain lists the packages that are in the bundle.',
  });
}

/** A package of the workspace is TypeScript and changes with the plugin; a copy in node_modules would be neither built nor found. */
function refuseSource(pkg: InstalledPackage): void {
  if (isInstalled(pkg.dir)) return;
  throw new StagedoorError('USAGE', `--hoist matches ${pkg.name}, which is source in ${pkg.dir}.`, {
    hint: 'Only installed packages can be hoisted; source is bundled.',
  });
}

/** Every installed package that can be reached through what packages declare, by name; one of several versions. */
function dependencyClosure(self: InstalledPackage): Map<string, AskedFor> {
  const finder = new PackageFinder();
  const found = new Map<string, AskedFor>();
  const seen = new Set([self.dir]);
  const queue = [self];
  for (const from of queue) {
    for (const name of declared(from.manifest)) {
      const dir = findPackageDir(name, from.dir);
      const pkg = dir ? finder.ofDir(dir) : undefined;
      if (!dir || !pkg || seen.has(dir)) continue;
      seen.add(dir);
      // The nearest counts, as for Node.js.
      if (!found.has(name)) found.set(name, { package: pkg, wantedBy: from });
      queue.push(pkg);
    }
  }
  return found;
}

function declared({ dependencies, optionalDependencies, peerDependencies }: InstalledManifest): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}
