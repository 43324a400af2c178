import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import type { Contents } from './contents';
import type { InstalledPackage, PackageFinder } from './installedPackage';
import type { Plan } from './plan';

/** Packages that find an addon by looking at the file of their caller: inlined, they look in the wrong place. */
const ADDON_LOADERS = ['bindings', 'node-gyp-build', 'node-gyp-build-optional-packages', '@mapbox/node-pre-gyp'];

/** The inlined packages that load native addons. */
export function nativePackages(
  plan: Plan,
  metafile: Metafile,
  { inlined }: Contents,
  finder: PackageFinder,
): InstalledPackage[] {
  const found = new Set<InstalledPackage>();
  for (const [path, { imports }] of Object.entries(metafile.inputs)) {
    if (!imports.some((entry) => entry.path.endsWith('.node') && !entry.external)) continue;
    const owner = finder.ofFile(join(plan.workspace.root, path));
    if (owner) found.add(owner);
  }
  for (const { package: pkg } of inlined.values()) {
    const loads = ADDON_LOADERS.some((name) => pkg.manifest.dependencies?.[name] !== undefined);
    if (loads && hasAddon(pkg.dir)) found.add(pkg);
  }
  return [...found];
}

/** True where an addon lies in one of the places that the loaders look at. */
function hasAddon(dir: string): boolean {
  return ['build/Release', 'prebuilds', 'lib/binding'].some((place) => {
    const folder = join(dir, place);
    return (
      existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.node'))
    );
  });
}
