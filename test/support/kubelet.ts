import { mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Lays files out below `dir` as the kubelet mounts a ConfigMap or Secret: links into a folder that is replaced as a whole,
 * whereupon the earlier folder goes.
 */
export async function mountFiles(dir: string, files: Record<string, string | Buffer>): Promise<void> {
  const before = await readlink(join(dir, '..data')).catch(() => undefined);
  const folder = `..${process.hrtime.bigint()}`;
  await mkdir(join(dir, folder));
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, folder, name), text);
  await symlink(folder, join(dir, '..new'));
  await rename(join(dir, '..new'), join(dir, '..data'));
  for (const name of Object.keys(files)) {
    await symlink(join('..data', name), join(dir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (before) await rm(join(dir, before), { recursive: true });
}
