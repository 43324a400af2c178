import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDir } from './tempDir';

/** A name whose characters mean something else to shells, make, URLs, globs, regular expressions, YAML and npm. */
export const ODD_NAME = `a b#c%20d [x] {y} (z) $HOME \${X} 'ü' & ~; !e|f?=+,@"^`;

/** A fresh folder with such a name, by a path that leads over a link with another; removed when the running test ends. */
export async function oddFolder(name = ODD_NAME): Promise<string> {
  const dir = await tempDir();
  await mkdir(join(dir, name));
  const link = join(dir, `link ${name}`);
  await symlink(name, link);
  return link;
}
