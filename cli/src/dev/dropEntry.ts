import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StagedoorError, dynamicName, packName, readPackageJson } from '@stagedoor/bundle';

/**
 * Name of the drop of a package in a root directory: of the folder that holds its bundle already, or else one of its
 * own. Throws ROOT_ENTRY_TAKEN where it came from `stagedoor install`, whose links lead to what must not change.
 */
export async function dropEntry(root: string, packageName: string): Promise<string> {
  const name = dynamicName(packageName);
  for (const entry of (await readdir(root)).sort()) {
    if (entry.startsWith('.')) continue;
    const held = await readPackageJson(join(root, entry)).catch(() => undefined);
    if (held?.name !== name) continue;
    if (!(await lstat(join(root, entry))).isSymbolicLink()) return entry;
    throw new StagedoorError('ROOT_ENTRY_TAKEN', `${join(root, entry)} is a link to an installed ${name}.`, {
      hint: 'Take the plugin off the list that was installed, or develop on a root directory of its own.',
    });
  }
  return packName(name);
}
