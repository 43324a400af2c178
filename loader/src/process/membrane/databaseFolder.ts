import fs from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes the folder of the plugin's SQLite file appear to exist, which it does. Backstage and the driver check for it before
 * they open the file, and the process has no permission for a folder with files of other plugins. Not a guard: nothing is
 * read or written.
 */
export function showDatabaseFolder(database: string | undefined): void {
  if (database === undefined) return;
  const folder = dirname(database);
  const { existsSync, mkdirSync } = fs;
  const isFolder = (path: unknown): boolean => typeof path === 'string' && resolve(path) === folder;
  fs.existsSync = (path) => isFolder(path) || existsSync(path);
  fs.mkdirSync = ((path, options) => (isFolder(path) ? undefined : mkdirSync(path, options))) as typeof mkdirSync;
}
