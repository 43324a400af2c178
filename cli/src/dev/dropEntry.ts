import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedoorError, dynamicName, fileName, readPackageJson } from '@stagedoor/bundle';
import { withBundle } from '../bundles/openBundle';

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
      throw new StagedoorError('ROOT_ENTRY_TAKEN', `${path} holds ${name}, and could be run in its place.`, {
        hint: 'Remove that archive from the root directory.',
      });
    }
    if (!(await lstat(path)).isSymbolicLink()) return entry;
    throw new StagedoorError('ROOT_ENTRY_TAKEN', `${path} is a link to an installed ${name}.`, {
      hint: 'Take the plugin off the list that was installed, or develop on a root directory of its own.',
    });
  }
  return fileName(name);
}
