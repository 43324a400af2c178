import type { Decision } from '../plan/decisions';
import type { ExportContext } from '../plan/exportContext';
import { packageOfImport, requiredFile } from '../source/installedPackage';
import type { InspectedBuild } from './rule';

/**
 * Adds to every hoisted package the files that Node.js will load for the imports left in the output. The build resolved
 * an `import` by the conditions of ES modules; the output asks with `require`, which may lead to another file.
 */
export function* runtimeEntries(
  { output: { output } }: InspectedBuild,
  { decisions }: ExportContext,
): Iterable<Decision> {
  const specifiers = [...new Set(output.imports.filter((entry) => entry.external).map((entry) => entry.path))];
  for (const { as, package: pkg, files } of decisions.hoisted.values()) {
    for (const specifier of specifiers) {
      const file = packageOfImport(specifier) === as ? requiredFile(pkg.dir, specifier.slice(as.length)) : undefined;
      if (!file || files.includes(file)) continue;
      const reason = { code: 'required-at-runtime', text: `required as ${specifier}` } as const;
      yield { kind: 'trace', package: pkg, files: [file], reason };
    }
  }
}
