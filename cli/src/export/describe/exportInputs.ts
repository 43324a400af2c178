import { join } from 'node:path';
import { isVirtual } from '../bundle/virtualInputs';
import type { CopiedFiles } from '../hoist/copiedFiles';
import type { HoistedBuild } from '../hoist/layout';
import type { Plan } from '../plan/plan';

/** Absolute paths of what a bundle is made from: bundled files, and the folders of packages that files are copied from. */
export function exportInputs(
  { build, layout }: HoistedBuild,
  copied: readonly CopiedFiles[],
  { workspace }: Plan,
): string[] {
  const bundled = Object.keys(build.output.inputs).filter((path) => !isVirtual(path));
  return [
    ...bundled.map((path) => join(workspace.root, path)),
    ...[...layout.values()].map(({ dir }) => dir),
    ...copied.map((entry) => entry.package.dir),
  ];
}
