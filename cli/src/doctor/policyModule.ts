import { isDropName, isStagedoorError, readPackageJson, type PackageJson } from '@stagedoor/bundle';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withBundle } from '../bundles/openBundle';

/** What create-app puts into every app; it decides nothing about dynamic plugins. */
const ALLOW_ALL = '@backstage/plugin-permission-backend-module-allow-all-policy';

/** Modules that set a permission policy, as Backstage and its community name them. */
const POLICY_PACKAGE = /plugin-(permission-backend-module-.+|rbac-backend)$/;

/** Where the package.json of a backend lies, from the folder that holds its config. */
const BACKENDS = ['.', 'backend', 'packages/backend'];

/**
 * The package that seems to bring a permission policy: a bundle in the root directory, or a dependency of the portal.
 * Undefined if there is none; one that the code of the portal makes is not seen.
 */
export async function findPolicyModule(
  root: string | undefined,
  dir: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const own = await Promise.all(BACKENDS.map((place) => dependenciesOf(join(dir, place, 'package.json'))));
  const found = own.flat().find((name) => name !== ALLOW_ALL && POLICY_PACKAGE.test(name));
  return found ?? (root === undefined ? undefined : await findDroppedModule(root, signal));
}

async function findDroppedModule(root: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  for (const entry of (await readdir(root)).filter(isDropName)) {
    const packageJson = await readDrop(join(root, entry), root, signal);
    if (packageJson?.backstage?.role !== 'backend-plugin-module') continue;
    if (packageJson.backstage.pluginId === 'permission') return packageJson.name;
  }
  return undefined;
}

/** What is wrong with a drop is found where all drops are examined. */
async function readDrop(path: string, cwd: string, signal: AbortSignal | undefined): Promise<PackageJson | undefined> {
  try {
    return await withBundle(path, { cwd, signal }, ({ dir }) => readPackageJson(dir));
  } catch (error) {
    signal?.throwIfAborted();
    if (isStagedoorError(error)) return undefined;
    throw error;
  }
}

async function dependenciesOf(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  try {
    return Object.keys((JSON.parse(text) as { dependencies?: object } | null)?.dependencies ?? {});
  } catch {
    return [];
  }
}
