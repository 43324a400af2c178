import { findPackageDir } from '@stagedoor/bundle';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';
import type { InspectedBuild } from './rule';

/**
 * Embeds the files of the packages, besides the plugin, that bundled code asks for with `resolvePackagePath`: those named
 * in a literal, and every inlined package that calls it with something computed.
 */
export async function* assetPaths(
  build: InspectedBuild,
  { plan, finder, decisions }: ExportContext,
): AsyncIterable<Decision> {
  const byName = new Map([...build.contents.inlined.values()].map((entry) => [entry.package.name, entry.package]));
  const found = new Set<InstalledPackage>();
  for (const { owner, facts } of await build.modules()) {
    for (const name of facts.asksForFilesOf) {
      // Never another copy of the plugin that happens to be installed.
      if (name === plan.pkg.name) continue;
      const dir = name === undefined ? owner.dir : (byName.get(name)?.dir ?? findPackageDir(name, owner.dir));
      const pkg = dir && finder.ofDir(dir);
      if (pkg && !(name !== undefined && plan.shared.has(name))) found.add(pkg);
    }
  }
  for (const pkg of found) {
    if (pkg.dir === plan.dir || decisions.embedded.has(pkg.name) || decisions.hoisted.has(pkg.dir)) continue;
    const reason = { code: 'asset-path', text: 'its files are asked for with resolvePackagePath' } as const;
    yield { kind: 'embed', package: pkg, reason };
  }
}
