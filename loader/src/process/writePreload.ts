import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MembranePolicy } from './membrane/policy';

/**
 * Writes the module that each thread of a confined process loads first. A file, for it must hold the policy: a plugin can change
 * environment and arguments before it starts a thread.
 */
export async function writePreload(file: string, loaderDir: string, policy: MembranePolicy): Promise<void> {
  const membrane = join(loaderDir, 'process/membrane/membrane.cjs.js');
  await writeFile(file, `require(${JSON.stringify(membrane)}).install(${JSON.stringify(policy)});\n`, { mode: 0o600 });
}
