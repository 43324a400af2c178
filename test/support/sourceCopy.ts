import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './repository';

/** Copies a package folder to `to`, as another version, with the dependencies that are installed here. Returns `to`. */
export async function copyAsVersion(from: string, to: string, version: string): Promise<string> {
  await cp(from, to, { recursive: true, dereference: true });
  await symlink(join(repository, 'node_modules'), join(to, '..', 'node_modules')).catch(ignoreExisting);
  const file = join(to, 'package.json');
  const packageJson = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify({ ...packageJson, version }, null, 2));
  return to;
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
