import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { dynamicName, fileName, readPackageJson } from '@stagedoor/bundle';
import { withBundle } from '../bundles/openBundle';
import { installedInTheWay, archiveInTheWay } from './errors';

/**
 * Name of the drop of a package in a root directory: of the folder that already contains its bundle, or else a new one.
 * Throws ROOT_ENTRY_TAKEN if an archive contains it, or if it came from `stagedoor install`, whose links lead to files that
 * must not change.
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
