import { dirname, join, relative, resolve } from 'node:path';
import { isInside, packName } from '@stagedoor/bundle';
import picomatch from 'picomatch';
import { readMembers, type Member } from '../workspace/members';
import { readWorkspaceRoot, type WorkspaceRoot } from '../workspace/workspaceRoot';
import { folderOutsideWorkspace } from './errors';
import { baseName } from './names';
import type { CreateOptions, PackageKind } from './options';

/** Place and name of a new package. */
export interface Home {
  /** Absolute. */
  dir: string;
  name: string;
  /** The workspace that it becomes a member of, and its other members. */
  workspace?: WorkspaceRoot;
  members: Member[];
}

/**
 * Finds the place for a new package: in the workspace around `cwd`, where that has one for it, or else on its own.
 * Throws USAGE for a folder of a workspace that its package manager would not look into, and WORKSPACE_INVALID.
 */
export async function findHome(options: CreateOptions & { kind: PackageKind }): Promise<Home> {
  const around = await workspaceAround(options.cwd);
  const asked = options.folder === undefined ? undefined : resolve(options.cwd, options.folder);
  const workspace = around && (asked === undefined || isInside(around.dir, asked)) ? around : undefined;
  const members = workspace ? await readMembers(workspace) : [];
  const base = baseName(options, workspace !== undefined);
  const name = options.name ?? (workspace ? workspaceName(members, base) : base);
  const dir =
    asked ?? (workspace ? join(workspace.dir, pluginsFolder(workspace), base) : join(options.cwd, packName(name)));
  if (workspace) checkCovered(workspace, dir);
  return { dir, name, workspace, members };
}

async function workspaceAround(dir: string): Promise<WorkspaceRoot | undefined> {
  return (await readWorkspaceRoot(dir)) ?? (dirname(dir) === dir ? undefined : await workspaceAround(dirname(dir)));
}

/** With the scope that most members have, in the form `@scope/plugin-<base>` that Backstage's own tools write. */
function workspaceName(members: readonly Member[], base: string): string {
  const counts = new Map<string, number>();
  for (const { name } of members) {
    const scope = /^@[^/]+(?=\/)/.exec(name ?? '')?.[0];
    if (scope) counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return `${most?.[0] ?? '@internal'}/plugin-${base}`;
}

/** The folder of which every subfolder is a member: `plugins` where it is one, as in every Backstage repository. */
function pluginsFolder({ patterns }: WorkspaceRoot): string {
  const folders = patterns.flatMap((pattern) => /^(?:\.\/)?([^*!]+)\/\*\*?\/?$/.exec(pattern)?.[1] ?? []);
  return folders.find((folder) => folder === 'plugins') ?? folders[0] ?? 'plugins';
}

function checkCovered({ dir: root, patterns, file }: WorkspaceRoot, dir: string): void {
  const clean = (pattern: string): string => pattern.replace(/^\.\//, '').replace(/\/+$/, '');
  const wanted = patterns.filter((pattern) => !pattern.startsWith('!')).map(clean);
  const unwanted = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => clean(pattern.slice(1)));
  const folder = relative(root, dir).replaceAll('\\', '/');
  if (picomatch(wanted, { ignore: unwanted })(folder)) return;
  throw folderOutsideWorkspace(folder, file, wanted);
}
