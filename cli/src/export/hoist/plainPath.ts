import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary/temporaryFolder';

/** What globs take for something other than itself. */
const GLOB = /[*?[\]{}()\\]/;

/**
 * Gives `use` a path of the folder `dir` that globs take as it is, for as long as it takes: `dir` itself, or a link to it. Where
 * every temporary folder has such a path as well, it is `dir`.
 */
export async function withPlainPath<T>(dir: string, use: (path: string) => Promise<T>): Promise<T> {
  const parent = [tmpdir(), '/tmp', '/var/tmp'].find((candidate) => !GLOB.test(candidate) && existsSync(candidate));
  if (!GLOB.test(dir) || parent === undefined) return await use(dir);
  const temporary = await temporaryFolder('link', parent);
  try {
    const link = join(temporary.dir, 'dir');
    await symlink(dir, link, 'dir');
    return await use(link);
  } finally {
    await temporary.dispose();
  }
}
