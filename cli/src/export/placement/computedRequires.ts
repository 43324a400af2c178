import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findPackageDir } from '@stagedoor/bundle';
import { isInstalled, type InstalledPackage } from '../source/installedPackage';
import { withoutComments, type OutputModule } from '../bundle/outputModules';
import type { Decision } from '../plan/decisions';
import type { InspectedBuild } from './rule';

/** What is left in the output of a require whose argument the build could not evaluate. */
const COMPUTED = /(?<![\w$.])(?:require|import)\((?!["')])/;
/** A call is none: under its path from the workspace, esbuild keeps each CommonJS module as a method. */
const RELATIVE_LITERAL = /["'`](\.{1,2}\/[^"'`$\\\n]*)(?=["'`](?!\()|[$\\\n]|$)/g;

/**
 * Hoists the inlined packages that find their own files, or packages they depend on, by a name that only exists at
 * runtime. A computed require of something the user installs, as in template engines, does not count: it works or fails
 * as it does unbundled.
 */
export function computedRequires({ contents: { inlined, imports }, modules }: InspectedBuild): Decision[] {
  const decisions: Decision[] = [];
  const names = new Set([...[...inlined.values()].map((entry) => entry.package.name), ...imports.keys()]);
  for (const { package: pkg, files } of inlined.values()) {
    // Source of a workspace has no place in node_modules.
    if (!isInstalled(pkg.dir)) continue;
    const computing = modules.filter(({ owner, code }) => owner.dir === pkg.dir && computes(code));
    if (computing.length === 0) continue;
    const entries = unbundledDependencies(pkg, names);
    if (entries.length === 0 && !computing.some(namesOwnFiles)) continue;
    const reason = { code: 'computed-require', text: 'requires what it computes' } as const;
    decisions.push({ kind: 'hoist', package: pkg, files: [...files, ...entries], whole: true, reason });
  }
  return decisions;
}

function computes(code: string): boolean {
  return COMPUTED.test(code) && COMPUTED.test(withoutComments(code));
}

/** True where a relative path in the code, that is not one of a bundled require, leads to something. */
function namesOwnFiles({ file, code }: OutputModule): boolean {
  return [...withoutComments(code).matchAll(RELATIVE_LITERAL)].some(([, path]) => {
    const target = join(dirname(file), path!);
    return ['', '.js', '.cjs', '.mjs', '.json'].some((extension) => existsSync(target + extension));
  });
}

/** Entry points of declared and installed dependencies of which nothing is in the bundle: types have none. */
function unbundledDependencies({ dir, manifest }: InstalledPackage, names: ReadonlySet<string>): string[] {
  const require = createRequire(join(dir, 'package.json'));
  return Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })
    .filter((name) => !names.has(name) && !name.startsWith('@types/') && findPackageDir(name, dir))
    .flatMap((name) => {
      try {
        return [require.resolve(name)];
      } catch {
        return [];
      }
    });
}
