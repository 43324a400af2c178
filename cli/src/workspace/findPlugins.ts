import { BUNDLE_ROLES } from '@stagedoor/bundle';
import { noPlugins } from './errors';
import { readMembers, type Member } from './members';
import type { WorkspaceRoot } from './workspaceRoot';

/** A plugin, or a module for one, of a workspace. */
export interface WorkspacePlugin {
  name: string;
  /** Absolute path of the package folder. */
  dir: string;
  /** The same relative to the root, `/`-separated. */
  folder: string;
  role?: string;
}

/**
 * The plugins and modules of a workspace, of backends and of frontends, sorted by folder, `private` ones included: most plugins that a company
 * writes for its own portal are. A package.json that is not JSON counts by its folder, so that its export names the
 * fault. Throws WORKSPACE_EMPTY if there is none.
 */
export async function findPlugins(root: WorkspaceRoot): Promise<WorkspacePlugin[]> {
  const members = await readMembers(root);
  const plugins = members.filter(isPlugin).map(({ name, dir, folder, manifest }) => {
    const role = manifest?.backstage?.role;
    return { name: name ?? folder, dir, folder, ...(typeof role === 'string' && { role }) };
  });
  if (plugins.length > 0) return plugins.sort((a, b) => (a.folder < b.folder ? -1 : 1));
  throw noPlugins(root.dir, members.length, root.file);
}

function isPlugin({ manifest }: Member): boolean {
  if (!manifest) return true;
  const role = manifest.backstage?.role;
  return BUNDLE_ROLES.some((each) => each === role) && manifest.stagedoor?.format === undefined;
}
