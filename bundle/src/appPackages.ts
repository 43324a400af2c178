import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { minVersion, parse } from 'semver';
import * as z from 'zod';
import { readPackageJsonSync } from './packageJson';
import { findPackageDir } from './sharedPackages';

export const CORE_PLUGIN_API = '@backstage/core-plugin-api';
export const FRONTEND_PLUGIN_API = '@backstage/frontend-plugin-api';

/**
 * The packages through which frontend plugins and their app talk. Each plugin has copies of its own, which find those of the app through
 * globals and plain objects: a later copy hands over what an earlier one does not understand.
 */
export const APP_INTERFACES: readonly string[] = [CORE_PLUGIN_API, FRONTEND_PLUGIN_API];

/** What the versions of an app are of: its interfaces, and what `@backstage/module-federation-common` has apps share. */
const APP_PACKAGES = [
  ...APP_INTERFACES,
  ...['react', 'react-dom', 'react-router', 'react-router-dom'],
  ...['@material-ui/core', '@material-ui/styles', '@mui/material', '@emotion/react'],
];

/** Written into a built app, below its folder: versions by package, as JSON. Its packages are not installed where it runs. */
export const APP_PACKAGES_FILE = 'dist/app-packages.json';

const versions = z.record(z.string(), z.string());

/** The versions of the packages that an app in `dir` was built with, by name, as far as they are known. */
export function appPackages(dir: string): Record<string, string> {
  return builtWith(join(dir, APP_PACKAGES_FILE)) ?? installedAppPackages(dir);
}

function builtWith(file: string): Record<string, string> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return versions.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Written by something else.
    return undefined;
  }
}

/** The versions of the packages of apps that are installed for `dir`, by name. */
export function installedAppPackages(dir: string): Record<string, string> {
  const found = APP_PACKAGES.flatMap((name): Array<[string, string]> => {
    const folder = findPackageDir(name, dir);
    return folder === undefined ? [] : [[name, readPackageJsonSync(folder).version]];
  });
  return Object.fromEntries(found);
}

/**
 * True where an app has `version` of a package, or a later minor release, of which a frontend plugin declares `range`. Later versions
 * fit: Backstage keeps apps open to earlier plugins, and many plugins name no React that came after them.
 */
export function fitsApp(version: string, range: string): boolean {
  const least = leastOf(range);
  const own = parse(version);
  if (!least || !own || own.major > least.major) return true;
  return own.major === least.major && own.minor >= least.minor;
}

function leastOf(range: string): { major: number; minor: number } | undefined {
  try {
    return minVersion(range) ?? undefined;
  } catch {
    return undefined;
  }
}
