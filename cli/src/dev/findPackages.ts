import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findPlugins } from '../workspace/findPlugins';
import { readWorkspaceRoot } from '../workspace/workspaceRoot';
import { rootNotAFolder } from './errors';
import type { DevOptions } from './options';

/** Absolute folders of the packages to develop. Throws WORKSPACE_*. */
export async function findPackages({ cwd, packages }: Pick<DevOptions, 'cwd' | 'packages'>): Promise<string[]> {
  if (packages.length > 0) return [...new Set(packages.map((folder) => resolve(cwd, folder)))];
  const workspace = await readWorkspaceRoot(cwd);
  return workspace ? (await findPlugins(workspace)).map(({ dir }) => dir) : [cwd];
}

/** The root directory of a portal, absolute. Throws USAGE if it is not a folder. */
export async function findRoot({ cwd, portal }: Pick<DevOptions, 'cwd' | 'portal'>): Promise<string> {
  const root = resolve(cwd, portal);
  if ((await stat(root).catch(() => undefined))?.isDirectory()) return root;
  throw rootNotAFolder(root);
}
