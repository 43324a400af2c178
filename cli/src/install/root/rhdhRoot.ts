import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** RHDH's installer marks its folders with this file. */
const MARK = 'dynamic-plugin-config.hash';
/** That installer's own lock; it gives up on one of another run after ten minutes. */
const RHDH_LOCK = 'install-dynamic-plugins.lock';
const LOCK_MS = 10 * 60_000;

/** Names of the folders in a root directory that RHDH's installer put there; empty for a root that is not there. */
export async function rhdhFolders(root: string): Promise<string[]> {
  const names = await readdir(root).catch(() => []);
  const marked = await Promise.all(
    names.sort().map(async (name) => {
      const folder = await lstat(join(root, name)).catch(() => undefined);
      const mark = folder?.isDirectory() && (await lstat(join(root, name, MARK)).catch(() => undefined));
      return mark && mark.isFile() ? [name] : [];
    }),
  );
  return marked.flat();
}

/** One sentence where RHDH's installer may be at work in the root directory at this moment. */
export async function rhdhLockWarning(root: string, now = Date.now()): Promise<string | undefined> {
  const file = join(root, RHDH_LOCK);
  const lock = await lstat(file).catch(() => undefined);
  if (!lock) return undefined;
  return now - lock.mtimeMs < LOCK_MS
    ? `${file} exists: RHDH's installer may be running. Use only one of the two installers for a root directory.`
    : `${file} was left behind by RHDH's installer; remove it before you run that installer again.`;
}
