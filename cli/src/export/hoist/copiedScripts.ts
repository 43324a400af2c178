import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPackageDir } from '@stagedoor/bundle';
import type { Build } from '../bundle/bundleContents';
import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { isPackageImport, packageOfImport, type InstalledPackage } from '../source/installedPackage';
import type { CopiedFiles } from './copiedFiles';

/** A copied script importing a package. */
export interface ScriptImport {
  from: InstalledPackage;
  /** Its path in its package. */
  path: string;
  /** The package that it imports. */
  name: string;
  /** The same as installed; undefined for a shared package. */
  to?: InstalledPackage;
}

const COMMENT = /\/\*[^]*?\*\/|(?<=^|\s)\/\/.*$/gm;
const BARE_IMPORT = /(?:\b(?:require|import)\s*\(\s*|\bfrom\s+|\bimport\s+)["']([^"'.][^"']*)["']/g;
const SCRIPT = /\.[cm]?js$/;

/** What copied scripts, migrations above all, import: they are not bundled, so esbuild does not see it. */
export async function importsOfCopiedScripts(
  copied: readonly CopiedFiles[],
  { plan, finder }: ExportContext,
): Promise<ScriptImport[]> {
  const found: ScriptImport[] = [];
  for (const { package: from, paths } of copied) {
    for (const path of paths.filter((entry) => SCRIPT.test(entry))) {
      const text = (await readFile(join(from.dir, path), 'utf8')).replace(COMMENT, '');
      for (const [, specifier] of text.matchAll(BARE_IMPORT)) {
        const name = packageOfImport(specifier!);
        if (plan.shared.has(name)) found.push({ from, path, name });
        const dir = isPackageImport(specifier!) && !plan.shared.has(name) ? findPackageDir(name, from.dir) : undefined;
        const to = dir && finder.ofDir(dir);
        if (to) found.push({ from, path, name, to });
      }
    }
  }
  return found;
}

/** Hoists the packages that copied scripts import. */
export function hoistForCopiedScripts(imports: readonly ScriptImport[]): Decision[] {
  return imports.flatMap(({ from, path, to }): Decision[] => {
    const reason = { code: 'imported-by-copied-script', text: `imported by ${path}` } as const;
    return to ? [{ kind: 'hoist', package: to, files: [join(from.dir, path)], whole: false, reason }] : [];
  });
}

/** The build with the imports of copied scripts among its own. */
export function withScriptImports(build: Build, imports: readonly ScriptImport[]): Build {
  const all = new Map([...build.contents.imports].map(([name, importers]) => [name, new Set(importers)]));
  for (const { from, name } of imports) all.set(name, (all.get(name) ?? new Set()).add(from));
  return { ...build, contents: { ...build.contents, imports: all } };
}
