import { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { Output } from '../bundle/bundlePlugin';
import type { Decisions } from '../plan/decisions';
import { packageOfImport } from '../source/installedPackage';

/**
 * Adds to every hoisted package the files that Node.js will load for the imports left in the output. The build resolved
 * an `import` by the conditions of ES modules; the output asks with `require`, which may lead to another file.
 */
export function addRuntimeEntries({ output }: Output, decisions: Decisions): void {
  const specifiers = [...new Set(output.imports.filter((entry) => entry.external).map((entry) => entry.path))];
  for (const { as, package: pkg, files } of decisions.hoisted.values()) {
    for (const specifier of specifiers) {
      if (packageOfImport(specifier) !== as) continue;
      const file = resolved(pkg.dir, specifier.slice(as.length));
      if (file && !files.includes(file)) files.push(file);
    }
  }
}

/** What `require` gives for a subpath of the installed package in `dir`; undefined where it finds nothing. */
function resolved(dir: string, subpath: string): string | undefined {
  const parts = dir.split(sep);
  const folder = parts.slice(parts.lastIndexOf('node_modules') + 1).join('/');
  try {
    return createRequire(join(dir, 'package.json')).resolve(folder + subpath);
  } catch {
    return undefined;
  }
}
