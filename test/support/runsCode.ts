import type { RunningBackend } from './backend';
import { dropFolder, fixtureBundle } from './bundles';
import { makeTempDir, removeTempDir } from './tempDir';

/** Package name of the fixture `runs-code` as the plugin `id`. */
export function packageOf(id: string): string {
  return `${id}-dynamic`;
}

/** Drops the fixture `runs-code` as the plugin `id`. */
export async function dropRunsCode(
  backend: Pick<RunningBackend, 'root'>,
  id: string,
  version = '1.0.0',
  packageName = packageOf(id),
): Promise<void> {
  const packageJson = { name: packageName, backstage: { role: 'backend-plugin', pluginId: id } };
  const dir = await makeTempDir();
  await dropFolder(await fixtureBundle(dir, 'runs-code', { version, packageJson }), backend.root, packageName);
  await removeTempDir(dir);
}

/**
 * Runs a function body in the process of the plugin `id`, which has `require`, `database` and the `server` that it answers on; resolves with `value`, or
 * with the `code` of what it threw.
 */
export async function run(
  backend: Pick<RunningBackend, 'get'>,
  id: string,
  code: string,
): Promise<{ value?: unknown; code?: string }> {
  const response = await backend.get(`/api/${id}/run?code=${encodeURIComponent(code)}`);
  return (await response.json()) as { value?: unknown; code?: string };
}
