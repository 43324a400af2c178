import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SHARED_ROOT } from '@stagedoor/bundle';
import { Texts, carried } from './namedDependencies';
import { importEdges } from './importEdges';
import type { ExportContext } from '../plan/exportContext';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import type { HoistedBuild } from '../hoist/layout';
import { neededDependencies } from '../hoist/productionDependencies';

/** A dependency that is declared and installed, and of which nothing is in the bundle. */
export interface Unreached {
  package: InstalledPackage;
  name: string;
  /** The plugin, or an inlined package. */
  wantedBy: InstalledPackage;
}

/** Every dependency of the plugin and of inlined packages that ends up nowhere in the bundle, and that no code was found to import. */
export function unreachedDependencies({ build, layout }: HoistedBuild, context: ExportContext): Unreached[] {
  const { plan } = context;
  const { inlined } = build.contents;
  const carriedDirs = new Set([...inlined.keys(), ...[...layout.values()].map(({ dir }) => dir)]);
  const edges = importEdges(build, context);
  const found = new Map<string, Unreached>();
  // Of the root of the shared packages a bundle has single helpers; what its other parts need is the host's.
  const declaring = [...inlined.values()].map((entry) => entry.package).filter(({ name }) => name !== SHARED_ROOT);
  for (const pkg of [plan.self, ...declaring]) {
    const { dependencies, optionalDependencies } = pkg.manifest;
    const imported = edges.get(pkg.dir) ?? new Set();
    for (const dependency of neededDependencies(pkg, context)) {
      const { as: name, dir } = dependency;
      if ({ ...dependencies, ...optionalDependencies }[name] === undefined || plan.forced.get(name) === 'inline')
        continue;
      if (carriedDirs.has(dir) || imported.has(dir) || found.has(dir) || !isInstalled(dir) || !hasCode(dependency))
        continue;
      found.set(dir, { package: dependency, name, wantedBy: pkg });
    }
  }
  return [...found.values()];
}

/** Decides to carry those of them that the plugin declares and hoisted code names; true where there is one. */
export async function hoistNamed(
  unreached: readonly Unreached[],
  { layout }: HoistedBuild,
  { plan, decisions }: ExportContext,
): Promise<boolean> {
  const own = unreached.filter(({ wantedBy }) => wantedBy === plan.self);
  if (own.length === 0 || layout.size === 0) return false;
  const texts = new Texts();
  const files = [...layout.values()].flatMap(({ dir, files: paths }) =>
    [...paths].filter((path) => /\.[cm]?js$/.test(path)).map((path) => join(dir, path)),
  );
  let added = false;
  for (const { package: pkg, name } of own) {
    if (await texts.name(name, files)) added = decisions.apply(carried(pkg, plan.self)) || added;
  }
  return added;
}

/** One warning about all of them; none where there are none. */
export function unreachedWarning(unreached: readonly Unreached[]): string[] {
  if (unreached.length === 0) return [];
  const names = unreached.map(({ name, wantedBy }) => `${name} (dependency of ${wantedBy.name})`).sort();
  return [
    `not in the bundle, because no code in it imports them: ${names.join(', ')}. ` +
      'If one is loaded in another way, carry it with --hoist <name>.',
  ];
}

/** False for packages of types, which have nothing to load. */
function hasCode({ dir, manifest }: InstalledPackage): boolean {
  return manifest.exports !== undefined || Boolean(manifest.main) || existsSync(join(dir, 'index.js'));
}
