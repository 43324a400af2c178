import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sharedPackageMissing } from './errors';
import { readPackageJsonSync } from './packageJson';

/** An installed package that hosts share with bundles. */
export interface SharedPackage {
  name: string;
  version: string;
  /** Real path of the package folder. */
  dir: string;
}

/** The package whose `@backstage/*` closure is the shared set. */
export const SHARED_ROOT = '@backstage/backend-defaults';

/** The folder of an installed package as Node finds it from `fromDir`, or undefined. Ignores `exports`. */
export function findPackageDir(name: string, fromDir: string): string | undefined {
  for (let dir = fromDir; ; dir = dirname(dir)) {
    const candidate = join(dir, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (dirname(dir) === dir) return undefined;
  }
}

/**
 * The shared packages: the `@backstage/*` dependency closure of `@backstage/backend-defaults`
 * as installed for `fromDir`, sorted by name. Throws SHARED_PACKAGE_MISSING, and PACKAGE_JSON_INVALID for a broken install.
 */
export function sharedPackages(fromDir: string): SharedPackage[] {
  const found = new Map<string, SharedPackage>();
  const queue: Array<{ name: string; from: string }> = [{ name: SHARED_ROOT, from: fromDir }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (found.has(next.name)) continue;
    const dir = findPackageDir(next.name, next.from);
    if (!dir) throw sharedPackageMissing(next.name, next.from);
    const pkg = readPackageJsonSync(dir);
    found.set(next.name, { name: next.name, version: pkg.version, dir });
    for (const name of Object.keys(pkg.dependencies ?? {})) {
      if (name.startsWith('@backstage/')) queue.push({ name, from: dir });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
