import { findPackageDir } from '@stagedoor/bundle';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import type { InstalledPackage } from '../source/installedPackage';
import type { InspectedBuild } from './rule';

// esbuild appends a number where several modules use the name.
const LITERAL_CALL = /\bresolvePackagePath\d*\)?\(\s*["'`]([^"'`]+)["'`]/g;
const ANY_CALL = /\bresolvePackagePath\d*\)?\(/g;

/**
 * Embeds the files of the packages, besides the plugin, that bundled code asks for with `resolvePackagePath`: those named
 * in a literal, and every inlined package that calls it with something computed.
 */
export function* assetPaths(
  { contents: { inlined }, modules }: InspectedBuild,
  { plan, finder, decisions }: ExportContext,
): Iterable<Decision> {
  const byName = new Map([...inlined.values()].map((entry) => [entry.package.name, entry.package]));
  const found = new Set<InstalledPackage>();
  for (const { owner, code } of modules) {
    const literals = [...code.matchAll(LITERAL_CALL)].map((match) => match[1]!);
    if (literals.length < [...code.matchAll(ANY_CALL)].length) found.add(owner);
    for (const name of literals) {
      // Never another copy of the plugin that happens to be installed.
      if (name === plan.pkg.name) continue;
      const dir = byName.get(name)?.dir ?? findPackageDir(name, owner.dir);
      const pkg = dir && finder.ofDir(dir);
      if (pkg && !plan.shared.has(name)) found.add(pkg);
    }
  }
  for (const pkg of found) {
    if (pkg.dir === plan.dir || decisions.embedded.has(pkg.name) || decisions.hoisted.has(pkg.dir)) continue;
    const reason = { code: 'asset-path', text: 'its files are asked for with resolvePackagePath' } as const;
    yield { kind: 'embed', package: pkg, reason };
  }
}
