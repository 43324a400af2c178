import fs from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Has the folder of the plugin's SQLite file look as it is: there. Backstage and the driver ask for it before they open the file,
 * and the process has no permission for a folder that holds the files of others. Not a guard: nothing is read or written.
 */
export function showDatabaseFolder(database: string | undefined): void {
  if (database === undefined) return;
  const folder = dirname(database);
  const { existsSync, mkdirSync } = fs;
  const isFolder = (path: unknown): boolean => typeof path === 'string' && resolve(path) === folder;
  fs.existsSync = (path) => isFolder(path) || existsSync(path);
  fs.mkdirSync = ((path, options) => (isFolder(path) ? undefined : mkdirSync(path, options))) as typeof mkdirSync;
}
