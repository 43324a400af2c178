import { isStagedoorError, type CodedError } from '@stagedoor/bundle';
import { exportPlugin } from '@stagedoor/cli/api';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../../../support/repository';
import { tempDir } from '../../../support/tempDir';

/** A workspace as a package manager left it, copied for one test. */
export interface InstalledWorkspace {
  root: string;
  /** The plugin package in it. */
  plugin: string;
}

/** A copy of test/fixtures/lockfiles/<kind>: one plugin with dependencies of every sort, installed by the tool itself. */
export async function installedWorkspace(kind: string): Promise<InstalledWorkspace> {
  const root = join(await tempDir(), 'workspace');
  await cp(join(repository, 'test/fixtures/lockfiles', kind), root, { recursive: true, verbatimSymlinks: true });
  return { root, plugin: join(root, 'packages/plugin') };
}

/** Exports the plugin without starting it, since what is bundled is compared before; gives the error it ended with. */
export async function exportUnverified({ plugin }: InstalledWorkspace): Promise<CodedError | undefined> {
  try {
    await exportPlugin({ cwd: plugin, pack: false, startCheck: false });
    return undefined;
  } catch (error) {
    if (isStagedoorError(error)) return error.toJSON();
    throw error;
  }
}

/** Replaces text in a file that must hold it. */
export async function edit(file: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${file} does not hold ${from}`);
  await writeFile(file, edited);
}

/** What `import 'name'` in the plugin means, with the symbolic links that pnpm makes left as they are. */
export function dependency({ root, plugin }: InstalledWorkspace, kind: string, name: string): string {
  return join(kind.startsWith('pnpm') ? plugin : root, 'node_modules', name);
}
