import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** A lockfile kind as the bundle manifest names it, in the order they are looked for. */
const LOCKFILES = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
} as const;

/** The folder a package was installed from. */
export interface Workspace {
  /** Absolute; every path in the output is relative to it, so that the checkout's location does not show. */
  root: string;
  lockfile?: { file: string; manager: 'npm' | 'yarn' | 'pnpm' };
}

/** The nearest folder upwards from `dir` with a lockfile; without one the folder that holds `node_modules`, or `dir`. */
export function findWorkspace(dir: string): Workspace {
  for (let root = dir; ; root = dirname(root)) {
    for (const [name, manager] of Object.entries(LOCKFILES)) {
      const file = join(root, name);
      if (existsSync(file)) return { root, lockfile: { file, manager } };
    }
    if (dirname(root) === root) break;
  }
  const installed = dir.indexOf(`${sep}node_modules${sep}`);
  return { root: installed > 0 ? dir.slice(0, installed) : dir };
}

/** The command that installs the dependencies of a workspace. */
export function installCommand(workspace: Workspace): string {
  return `${workspace.lockfile?.manager ?? 'npm'} install`;
}

/** Where slow results are kept; undefined in a workspace without node_modules, where it would be the only thing in it. */
export function cacheDir({ root }: Workspace): string | undefined {
  const modules = join(root, 'node_modules');
  return existsSync(modules) ? join(modules, '.cache/stagedoor') : undefined;
}
