import { isBackendRole } from '@stagedoor/bundle';
import { isInstalled, type PackageFinder } from '../source/installedPackage';
import type { ExportedPackage } from './plan';

/** What to do where a build fails in files of packages that the plugin only depends on; undefined where one is the plugin's own. */
export function foreignBuildHint(
  files: readonly string[],
  { dir, role }: Pick<ExportedPackage, 'dir' | 'role'>,
  finder: PackageFinder,
): string | undefined {
  const owners = files.map((file) => finder.ofFile(file));
  const foreign = owners.filter((owner) => owner !== undefined && owner.dir !== dir && isInstalled(owner.dir));
  const [first] = foreign;
  if (!first || foreign.length < owners.length) return undefined;
  const { name, version } = first;
  const other = isBackendRole(role) ? `, or carry it as it is with --hoist ${name}` : '';
  return `The fault is in ${name} ${version}, not in the plugin. Use another version of it${other}.`;
}
