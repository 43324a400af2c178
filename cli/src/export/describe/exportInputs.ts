import { join } from 'node:path';
import type { Build } from '../placement/settle';
import type { HoistLayout } from '../hoist/layout';
import { isVirtual } from '../bundle/outputModules';
import type { Plan } from '../plan/plan';
import type { Travelling } from '../hoist/copiedFiles';

/** Absolute paths of what a bundle is made from: bundled files, and the folders of packages that files are copied from. */
export function inputPaths(plan: Plan, build: Build, layout: HoistLayout, travelling: Travelling[]): string[] {
  const bundled = Object.keys(build.output.inputs).filter((path) => !isVirtual(path));
  return [
    ...bundled.map((path) => join(plan.workspace.root, path)),
    ...[...layout.values()].map(({ dir }) => dir),
    ...travelling.map((entry) => entry.package.dir),
  ];
}
