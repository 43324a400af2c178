import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { StagedoorError } from '@stagedoor/bundle';
import { isInstalled } from './installedPackage';
import { packageJsonObject } from './packageJsonObject';

/** Who writes a lockfile, and what it leaves in node_modules when it installs; in the order they are looked for. */
const LOCKFILES = [
  // What npm publishes and prefers.
  { name: 'npm-shrinkwrap.json', manager: 'npm', traces: ['.package-lock.json'] },
  { name: 'package-lock.json', manager: 'npm', traces: ['.package-lock.json'] },
  { name: 'pnpm-lock.yaml', manager: 'pnpm', traces: ['.modules.yaml'] },
  { name: 'yarn.lock', manager: 'yarn', traces: ['.yarn-integrity', '.yarn-state.yml'] },
] as const;

/** Where pnpm keeps what it links to, one folder for each package and its dependencies. */
const PNPM_STORE = /[\\/]node_modules[\\/]\.pnpm[\\/][^\\/]+$/;

/** The folder a package was installed from. */
export interface Workspace {
  /** Absolute; every path in the output is relative to it, so that the checkout's location does not show. */
  root: string;
  lockfile?: { file: string; manager: 'npm' | 'yarn' | 'pnpm' };
}

/**
 * The nearest folder upwards from `dir` with a lockfile; without one the folder that holds `node_modules`, or `dir`.
 * A lockfile that was left in a member of a larger workspace, without an installation, does not count.
 */
export function findWorkspace(dir: string): Workspace {
  let nearest: Workspace | undefined;
  for (let root = dir; ; root = dirname(root)) {
    const lockfile = lockfileIn(root);
    if (lockfile) {
      const found = { root, lockfile };
      if (hasInstallation(root) && (!nearest || hasMembers(root))) return found;
      nearest ??= found;
    }
    if (dirname(root) === root) break;
  }
  return nearest ?? unlockedWorkspace(dir);
}

/** The workspace of a package whose lockfile, if there is any, has no say. */
export function unlockedWorkspace(dir: string): Workspace {
  let root = dir;
  while (isInstalled(root)) root = root.slice(0, root.lastIndexOf(`${sep}node_modules${sep}`)).replace(PNPM_STORE, '');
  return { root };
}

/** Throws PNP_UNSUPPORTED where packages lie in Yarn's archives: what is bundled, traced and copied are files. */
export function refusePlugAndPlay({ root }: Workspace): void {
  if (!existsSync(join(root, '.pnp.cjs')) || existsSync(join(root, 'node_modules'))) return;
  throw new StagedoorError('PNP_UNSUPPORTED', `${root} is installed with Yarn Plug'n'Play (.pnp.cjs).`);
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

/** Of several lockfiles in a folder the one that its node_modules was installed from. */
function lockfileIn(root: string): Workspace['lockfile'] {
  const present = LOCKFILES.filter(({ name }) => existsSync(join(root, name)));
  const installed = present.find(({ traces }) => traces.some((trace) => existsSync(join(root, 'node_modules', trace))));
  const { name, manager } = installed ?? present[0] ?? {};
  return name && manager && { file: join(root, name), manager };
}

function hasInstallation(root: string): boolean {
  return existsSync(join(root, 'node_modules')) || existsSync(join(root, '.pnp.cjs'));
}

function hasMembers(root: string): boolean {
  if (existsSync(join(root, 'pnpm-workspace.yaml'))) return true;
  const file = join(root, 'package.json');
  return existsSync(file) && 'workspaces' in packageJsonObject(readFileSync(file, 'utf8'), file);
}
