import semver from 'semver';
import type { HoistedBuild } from '../hoist/layout';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledManifest } from '../source/installedPackage';

/** The shared packages that the output imports, and what was worth a warning on the way. */
export interface Peers {
  /** Range by name, sorted by name. */
  ranges: Record<string, string>;
  warnings: string[];
}

/**
 * The peer range of every shared package that the output really imports: what the plugin and the inlined importers
 * declare, intersected; of hoisted packages, what they declare. A plugin may declare more than it imports; that must not keep it off a host.
 */
export function peerRanges({ build, layout }: HoistedBuild, { plan, finder }: ExportContext): Peers {
  const ranges: Record<string, string> = {};
  const warnings: string[] = [];
  const importers = new Map([...build.contents.imports].map(([name, packages]) => [name, [...packages]]));
  for (const { dir } of layout.values()) {
    const pkg = finder.ofDir(dir)!;
    for (const name of Object.keys({ ...pkg.manifest.dependencies, ...pkg.manifest.peerDependencies })) {
      if (!plan.shared.has(name)) continue;
      importers.set(name, [...(importers.get(name) ?? []), pkg]);
    }
  }
  for (const name of [...importers.keys()].sort()) {
    const installed = (plan.shared.get(name) ?? plan.provided.get(name))?.version;
    if (!installed) continue;
    const own = declaredRange(plan.self.manifest, name, installed);
    let range = own;
    for (const importer of importers.get(name) ?? []) {
      const wanted = declaredRange(importer.manifest, name, installed);
      if (!wanted || wanted === range) continue;
      const both = range === undefined ? wanted : intersectRanges(range, wanted);
      if (both === undefined) {
        warnings.push(`${importer.name} declares ${name}@${wanted}; the bundle declares ${range} as the plugin does.`);
      } else range = both;
    }
    ranges[name] = range ?? `^${installed}`;
  }
  return { ranges, warnings };
}

function declaredRange(manifest: InstalledManifest, name: string, installed: string): string | undefined {
  const declared =
    manifest.dependencies?.[name] ??
    manifest.peerDependencies?.[name] ??
    manifest.optionalDependencies?.[name] ??
    manifest.devDependencies?.[name];
  if (declared === undefined) return undefined;
  // `workspace:^`, `backstage:^`, `npm:other@1`, tags, folders: what is installed is what it was built against.
  return semver.validRange(declared) === null ? `^${installed}` : declared;
}

/** A range that both `a` and `b` contain, as short as possible; undefined when no version satisfies both. */
export function intersectRanges(a: string, b: string): string | undefined {
  if (semver.subset(a, b)) return a;
  if (semver.subset(b, a)) return b;
  const alternatives = (range: string): string[] => range.split('||').map((part) => part.trim());
  const both = alternatives(a)
    .flatMap((left) => alternatives(b).map((right) => [left, right] as const))
    .filter(([left, right]) => semver.intersects(left, right))
    .map(([left, right]) => `${left} ${right}`);
  return both.length === 0 ? undefined : both.join(' || ');
}
