import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, repository } from './repository.mjs';

/** The packages that the last npm run left in node_modules, by path; empty without one. */
export function installedPackages(root = repository) {
  const file = join(root, 'node_modules/.package-lock.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}

/** True if node_modules contains what the lockfile requires: everything, or without `dev` what running needs. */
export function satisfiesLockfile({ dev }, installed = installedPackages(), lockfile = readJson('package-lock.json')) {
  return Object.entries(lockfile.packages).every(([path, wanted]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    // npm leaves out optional packages of other platforms and those that do not build.
    if (wanted.optional || wanted.devOptional || (wanted.dev && !dev)) return true;
    const found = installed[path];
    return found !== undefined && found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

/** True when every command of a workspace can be called: npm links them as it installs, not as they are named. */
export function hasCommands(lockfile = readJson('package-lock.json'), root = repository) {
  const workspaces = Object.entries(lockfile.packages).filter(([path]) => path && !path.includes('node_modules/'));
  const names = workspaces.flatMap(([, { bin = {} }]) => Object.keys(bin));
  return names.every((name) => existsSync(join(root, 'node_modules/.bin', name)));
}
