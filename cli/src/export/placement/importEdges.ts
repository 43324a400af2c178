import { join } from 'node:path';
import type { Build } from '../bundle/bundleContents';
import { HOISTED_NAMESPACE } from '../bundle/esbuild/externals';
import { isVirtual } from '../bundle/virtualInputs';
import type { ExportContext } from '../plan/exportContext';
import { packageOfOutputImport } from '../source/installedPackage';

/** Which packages each package of a build imports, by folder, used or not; of a hoisted one its folder as well. */
export function importEdges(
  { output }: Pick<Build, 'output'>,
  { plan, finder, decisions }: ExportContext,
): Map<string, Set<string>> {
  const edges = new Map<string, Set<string>>();
  const copies = new Map([...decisions.hoisted.values()].map(({ as, package: { dir } }) => [as, dir]));
  for (const [path, { imports }] of Object.entries(output.inputs)) {
    const from = isVirtual(path) ? undefined : finder.ofFile(join(plan.workspace.root, path));
    if (!from) continue;
    const targets = edges.get(from.dir) ?? new Set();
    edges.set(from.dir, targets);
    for (const { path: target, external } of imports) {
      const dir =
        external === true || isVirtual(target)
          ? copies.get(packageOfOutputImport(target.replace(`${HOISTED_NAMESPACE}:`, '')))
          : finder.ofFile(join(plan.workspace.root, target))?.dir;
      if (dir !== undefined) targets.add(dir);
    }
  }
  return edges;
}
