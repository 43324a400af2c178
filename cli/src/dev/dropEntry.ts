import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamicName, fileName, readPackageJson } from '@stagedoor/bundle';
import { withBundle } from '../bundles/openBundle';
import { installedInTheWay, archiveInTheWay } from './errors';

/**
 * Name of the drop of a package in a root directory: of the folder that holds its bundle already, or else one of its
 * own. Throws ROOT_ENTRY_TAKEN where an archive holds it, and where it came from `stagedoor install`, whose links lead to
 * what must not change.
 */
export async function dropEntry(root: string, packageName: string): Promise<string> {
  const name = dynamicName(packageName);
  for (const entry of (await readdir(root)).sort()) {
    if (entry.startsWith('.')) continue;
    const path = join(root, entry);
    const held = await withBundle(path, { cwd: root }, ({ dir }) => readPackageJson(dir)).catch(() => undefined);
    if (held?.name !== name) continue;
    if ((await lstat(path)).isFile()) {
      throw archiveInTheWay(path, name);
    }
    if (!(await lstat(path)).isSymbolicLink()) return entry;
    throw installedInTheWay(path, name);
  }
  return fileName(name);
}
