import { MANIFEST_FILE, dynamicName, isBackendRole, readPackageJson } from '@stagedoor/bundle';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The dependencies that a backend plugin needs and does not carry, for one that is as plugins are published; empty for
 * dynamic bundles of every tool, which carry a manifest or the suffix that all of them give the name, and for packages of
 * other roles. Throws PACKAGE_JSON_*.
 */
export async function missingDependencies(dir: string): Promise<string[]> {
  const { name, backstage, dependencies = {} } = await readPackageJson(dir);
  if (!isBackendRole(backstage?.role ?? '') || name === dynamicName(name) || (await isThere(dir, MANIFEST_FILE))) {
    return [];
  }
  const carried = await Promise.all(
    Object.keys(dependencies).map(async (dependency) => ({
      dependency,
      there: await isThere(dir, join('node_modules', dependency, 'package.json')),
    })),
  );
  return carried.filter(({ there }) => !there).map(({ dependency }) => dependency);
}

async function isThere(dir: string, path: string): Promise<boolean> {
  return (await lstat(join(dir, path)).catch(() => undefined))?.isFile() === true;
}
