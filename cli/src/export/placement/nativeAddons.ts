import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { InlinedPackage } from '../bundle/bundleContents';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InspectedBuild } from './rule';

/** Packages that find an addon by looking at the file of their caller: inlined, they look in the wrong place. */
const ADDON_LOADERS = ['bindings', 'node-gyp-build', 'node-gyp-build-optional-packages', '@mapbox/node-pre-gyp'];

/** Hoists the inlined packages that load native addons. */
export function nativeAddons(
  { output, contents: { inlined } }: InspectedBuild,
  { plan, finder }: ExportContext,
): Decision[] {
  const found = new Set<InlinedPackage>();
  for (const [path, { imports }] of Object.entries(output.inputs)) {
    if (!imports.some((entry) => entry.path.endsWith('.node') && !entry.external)) continue;
    const owner = inlined.get(finder.ofFile(join(plan.workspace.root, path))?.dir ?? '');
    if (owner) found.add(owner);
  }
  for (const entry of inlined.values()) {
    const { manifest, dir } = entry.package;
    const loads = ADDON_LOADERS.some((name) => manifest.dependencies?.[name] !== undefined);
    if (loads && hasAddon(dir)) found.add(entry);
  }
  return [...found].map((entry) => ({
    kind: 'hoist',
    package: entry.package,
    files: entry.files,
    whole: true,
    dependencies: true,
    reason: { code: 'native-addon', text: 'loads a native addon' },
  }));
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
