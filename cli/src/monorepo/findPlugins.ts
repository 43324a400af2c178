import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { StagedoorError, isBackendRole } from '@stagedoor/bundle';
import { parseJson } from '../export/parseJson';
import type { WorkspaceRoot } from './workspaceRoot';

/** A backend plugin, or a module for one, of a workspace. */
export interface WorkspacePlugin {
  name: string;
  /** Absolute path of the package folder. */
  dir: string;
  /** The same relative to the root, `/`-separated. */
  folder: string;
}

/** Bundles are packages too, and lie inside the packages they were made from. */
const NOT_SOURCE = ['**/node_modules/**', '**/dist-dynamic/**'];

/**
 * The backend plugins and modules of a workspace, sorted by folder, `private` ones included: most plugins that a company
 * writes for its own portal are. A package.json that is not JSON counts by its folder, so that its export names the
 * fault. Throws WORKSPACE_EMPTY where there is none.
 */
export async function findPlugins(root: WorkspaceRoot): Promise<WorkspacePlugin[]> {
  const { glob } = await import('tinyglobby');
  const wanted = root.patterns.filter((pattern) => !pattern.startsWith('!'));
  const unwanted = root.patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1));
  const files = await glob(wanted.map(packageFile), {
    cwd: root.dir,
    absolute: true,
    expandDirectories: false,
    ignore: [...NOT_SOURCE, ...unwanted.map(packageFile)],
  });
  const read = files.map((file) => readPlugin(file, root.dir));
  const plugins = (await Promise.all(read)).filter((plugin) => plugin !== undefined);
  if (plugins.length > 0) return plugins.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  throw new StagedoorError(
    'WORKSPACE_EMPTY',
    `${root.dir}: none of the ${files.length} packages that ${root.file} names is a backend plugin.`,
  );
}

function packageFile(pattern: string): string {
  return `${pattern.replace(/^\.\//, '').replace(/\/+$/, '')}/package.json`;
}

async function readPlugin(file: string, root: string): Promise<WorkspacePlugin | undefined> {
  const dir = dirname(file);
  const folder = relative(root, dir).replaceAll('\\', '/');
  let manifest: { name?: unknown; backstage?: { role?: unknown }; stagedoor?: { format?: unknown } } | null;
  try {
    manifest = parseJson(await readFile(file, 'utf8'), file);
  } catch {
    return { name: folder, dir, folder };
  }
  const role = manifest?.backstage?.role;
  if (typeof role !== 'string' || !isBackendRole(role) || manifest?.stagedoor?.format !== undefined) return undefined;
  return { name: typeof manifest?.name === 'string' ? manifest.name : folder, dir, folder };
}
