import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { findPackageDir } from '@stagedoor/bundle';
import type { Contents } from '../bundle/bundleContents';
import type { Decisions } from '../plan/decisions';
import { embeddedPath } from '../bundle/esbuild/packagePathShim';
import { packageOfImport, type InstalledPackage, type PackageFinder } from '../source/installedPackage';
import type { Plan } from '../plan/plan';
import { publishedFiles } from './publishedFiles';

/** The files of one package that go into the bundle as they are. */
export interface Travelling {
  package: InstalledPackage;
  /** Folder in the bundle, '' for its top. */
  to: string;
  /** Relative to the package and to `to`. */
  paths: string[];
}

const COMMENT = /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const BARE_IMPORT = /(?:\b(?:require|import)\s*\(\s*|\bfrom\s+|\bimport\s+)["']([^"'.][^"']*)["']/g;
const SCRIPT = /\.[cm]?js$/;
const BUILTINS = new Set(builtinModules);

/** The published files of the plugin, and of the packages whose files bundled code asks for. */
export async function travellingFiles(plan: Plan, contents: Contents, decisions: Decisions): Promise<Travelling[]> {
  const published = await publishedFiles(plan.dir, plan.self.manifest);
  const own = { package: plan.self, to: '', paths: published.filter((path) => !decisions.scripts.has(path)) };
  const embedded = [...decisions.embedded].map(async ([name, pkg]) => {
    const inlined = new Set(contents.inlined.get(pkg.dir)?.files);
    const paths = (await publishedFiles(pkg.dir, pkg.manifest)).filter((path) => !inlined.has(join(pkg.dir, path)));
    // Its package.json is what `require.resolve` and `resolvePackagePath` look for.
    return { package: pkg, to: embeddedPath(name), paths: ['package.json', ...paths] };
  });
  const read = [...decisions.assets.values()]
    // One whose package was hoisted later is read there.
    .filter((entry) => !decisions.hoisted.has(entry.package.dir))
    .map(({ package: pkg, to, paths }) => ({ package: pkg, to, paths: [...paths].sort() }));
  return [own, ...(await Promise.all(embedded)), ...read];
}

/**
 * Scripts that travel, migrations above all, are not bundled: the packages they import are hoisted for them, and shared
 * ones count as imports of the bundle.
 */
export async function hoistForScripts(
  plan: Plan,
  travelling: Travelling[],
  contents: Contents,
  finder: PackageFinder,
  decisions: Decisions,
): Promise<void> {
  for (const { package: pkg, paths } of travelling) {
    for (const path of paths.filter((entry) => SCRIPT.test(entry))) {
      const file = join(pkg.dir, path);
      const text = (await readFile(file, 'utf8')).replace(COMMENT, '');
      for (const [, specifier] of text.matchAll(BARE_IMPORT)) {
        const name = packageOfImport(specifier!);
        const dir = isForeign(specifier!) && !plan.shared.has(name) ? findPackageDir(name, pkg.dir) : undefined;
        const found = dir && finder.ofDir(dir);
        if (found) decisions.hoist({ package: found, files: [file] }, { reason: `imported by ${path}`, whole: false });
        if (found || plan.shared.has(name))
          contents.imports.set(name, (contents.imports.get(name) ?? new Set()).add(pkg));
      }
    }
  }
}

function isForeign(specifier: string): boolean {
  return !specifier.startsWith('/') && !specifier.startsWith('node:') && !BUILTINS.has(packageOfImport(specifier));
}
