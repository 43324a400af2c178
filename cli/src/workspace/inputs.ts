import { createHash } from 'node:crypto';
import { dirname, join, relative, resolve } from 'node:path';
import { SHARED_ROOT, findPackageDir, sharedPackages } from '@stagedoor/bundle';
import { PackageFinder, isInstalled } from '../export/source/installedPackage';
import type { Digester, State } from './digester';

/** What a bundle was made from, relative to the root of the workspace. */
export interface Inputs {
  /** The plugin, and the packages of the workspace that its bundle carries: every source counts. */
  folders: string[];
  /** Single files: of installed packages the package.json, the lockfile covers the rest. */
  files: string[];
}

/** Files that decide about every package below their folder. */
const GOVERNING = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'backstage.json',
  'tsconfig.json',
];

/** Sorts the absolute `paths` that an export read into folders and files. `root` and `dir`, the plugin, are real paths. */
export function inputsOf(paths: readonly string[], root: string, dir: string): Inputs {
  const finder = new PackageFinder();
  const folders = new Set([dir]);
  const files = new Set<string>();
  for (const path of paths) {
    const owner = finder.ofDir(path)?.dir;
    if (owner === undefined || owner === root) files.add(path);
    else if (isInstalled(owner)) files.add(join(owner, 'package.json'));
    else folders.add(owner);
  }
  const fromRoot = (path: string): string => relative(root, path);
  return { folders: [...folders].map(fromRoot).sort(), files: [...files].map(fromRoot).sort() };
}

/** The state of everything that a bundle of the plugin in `dir` depends on. */
export async function inputState(inputs: Inputs, root: string, dir: string, digester: Digester): Promise<State> {
  const states = await Promise.all([
    ...inputs.folders.map((path) => digester.folder(resolve(root, path))),
    ...inputs.files.map((path) => digester.file(resolve(root, path))),
    ...governing(dir).map((path) => digester.file(path)),
    ...sharedManifests(dir).map((path) => digester.file(path)),
  ]);
  const hash = createHash('sha256');
  for (const { digest } of states) hash.update(`${digest}\n`);
  return { digest: hash.digest('hex'), changed: Math.max(0, ...states.map(({ changed }) => changed)) };
}

function governing(dir: string): string[] {
  const files: string[] = [];
  for (let at = dirname(dir); ; at = dirname(at)) {
    files.push(...GOVERNING.map((name) => join(at, name)));
    if (dirname(at) === at) return files;
  }
}

/** The installed versions of what the host shares go into peer ranges. */
function sharedManifests(dir: string): string[] {
  if (!findPackageDir(SHARED_ROOT, dir)) return [];
  return sharedPackages(dir).map((entry) => join(entry.dir, 'package.json'));
}
