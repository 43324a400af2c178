import { mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Links every package of the node_modules folder `from` into `to`, but for those of this repository. */
export async function linkInstalled(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name.startsWith('.') || name === '@stagedoor') continue;
    if (name.startsWith('@')) await linkInstalled(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name));
  }
}
