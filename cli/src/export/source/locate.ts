import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { StagedoorError, findPackageDir, packName, readPackageJson } from '@stagedoor/bundle';
import semver from 'semver';
import { parseNpmSpec, type NpmSpec } from '../../text/npmSpec';

/** The package to export. */
export interface Located {
  /** Absolute path of the package folder. */
  dir: string;
  /** Where the bundle goes unless told otherwise. */
  out: string;
  /** True for a package that was installed for this export only. */
  fetched: boolean;
  /** Removes what was fetched. */
  dispose(): Promise<void>;
}

/** How a published package is fetched: gives its folder with its production dependencies installed around it. */
export type Fetch = (spec: PackageSpec) => Promise<{ dir: string; dispose(): Promise<void> }>;

/** A package by name; `range` is empty for any installed version, otherwise a semver range or a tag. */
export interface PackageSpec extends NpmSpec {
  /** What the registry must list for it. */
  integrity?: string;
  /** Versions that libraries of it are to have, by `name@range`. */
  libraries?: Record<string, string>;
}

/**
 * Finds the package that `target` means from `cwd`: the package in `cwd`, a folder, or a spec, for which, with
 * `takeInstalled`, an installed copy within the range is taken before `fetch` is asked. Throws USAGE for anything else.
 */
export async function locatePackage(
  cwd: string,
  target: string | undefined,
  takeInstalled: boolean,
  fetch: Fetch,
): Promise<Located> {
  if (target === undefined || isFolder(target, cwd)) {
    const dir = resolve(cwd, target ?? '.');
    return { dir, out: join(dir, 'dist-dynamic'), fetched: false, dispose: async () => {} };
  }
  const spec = parseSpec(target);
  const out = join(cwd, `${packName(spec.name)}-dynamic`);
  const installed = takeInstalled ? findPackageDir(spec.name, cwd) : undefined;
  if (installed && (await satisfies(installed, spec.range))) {
    return { dir: installed, out, fetched: false, dispose: async () => {} };
  }
  return { ...(await fetch(spec)), out, fetched: true };
}

/** Splits `@scope/name@range`. Throws USAGE. */
function parseSpec(text: string): PackageSpec {
  const spec = parseNpmSpec(text);
  if (spec) return spec;
  throw new StagedoorError('USAGE', `${JSON.stringify(text)} is neither a path nor a package name.`, {
    hint: 'Write a folder as ./folder, a package as @scope/name or @scope/name@1.2.',
  });
}

/** True for `./x`, `../x`, `/x`: everything else is a package name. */
export function isPath(target: string): boolean {
  return isAbsolute(target) || /^\.{1,2}([/\\]|$)/.test(target);
}

/** True for a path, also for `plugins/todo-backend` where that is a package: no name of a package has such a slash. */
export function isFolder(target: string, cwd: string): boolean {
  return isPath(target) || (!parseNpmSpec(target) && existsSync(join(cwd, target, 'package.json')));
}

async function satisfies(dir: string, range: string): Promise<boolean> {
  return range === '' || semver.satisfies((await readPackageJson(dir)).version, range);
}
