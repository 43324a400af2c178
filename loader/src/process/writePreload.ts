import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MembranePolicy } from './membrane/policy';

/**
 * Writes the module that each thread of a confined process loads first. A file, because it contains the policy: a plugin can
 * change environment and arguments before it starts a thread. A process of another `user` may read it, but not write it.
 */
export async function writePreload(
  file: string,
  loaderDir: string,
  policy: MembranePolicy,
  user: number | undefined,
): Promise<void> {
  const membrane = join(loaderDir, 'process/membrane/membrane.cjs.js');
  const text = `require(${JSON.stringify(membrane)}).install(${JSON.stringify(policy)});\n`;
  await writeFile(file, text, { mode: 0o600 });
  if (user === undefined) return;
  await chown(file, process.getuid!(), user);
  // Independent of the umask of the portal.
  await chmod(file, 0o640);
}
