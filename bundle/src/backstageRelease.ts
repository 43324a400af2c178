import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lte, major, minor, parse } from 'semver';
import { CORE_PLUGIN_API, FRONTEND_PLUGIN_API } from './appPackages';

/** Versions that a release of Backstage has. */
type Row = readonly [release: string, backendDefaults: string, corePluginApi: string, frontendPluginApi: string];

/**
 * The versions of `@backstage/backend-defaults`, `core-plugin-api` and `frontend-plugin-api` in each release of Backstage, oldest first:
 * from `@backstage/create-app`, which carries the versions of its release. What it lacks is taken from the day on which both were published.
 */
const RELEASES: readonly Row[] = [
  ['1.40.0', '0.11.0', '1.10.8', '0.10.3'],
  ['1.41.0', '0.11.1', '1.10.9', '0.10.4'],
  ['1.42.0', '0.12.0', '1.10.9', '0.11.0'],
  ['1.43.0', '0.12.1', '1.11.0', '0.12.0'],
  ['1.44.0', '0.13.0', '1.11.1', '0.12.1'],
  ['1.45.0', '0.13.1', '1.12.0', '0.13.0'],
  ['1.46.0', '0.14.0', '1.12.1', '0.13.2'],
  ['1.47.0', '0.15.0', '1.12.1', '0.13.3'],
  ['1.48.0', '0.15.2', '1.12.3', '0.14.0'],
  ['1.49.0', '0.16.0', '1.12.4', '0.15.0'],
  ['1.50.0', '0.17.0', '1.12.5', '0.16.0'],
  ['1.51.0', '0.17.1', '1.12.6', '0.17.0'],
  ['1.52.0', '0.17.3', '1.12.7', '0.17.2'],
  ['1.53.0', '0.17.5', '1.12.8', '0.17.3'],
  ['1.54.0', '0.17.7', '1.12.9', '0.18.0'],
  ['1.55.0', '0.18.0', '1.12.10', '0.18.1'],
  ['1.57.0', '0.19.0', '1.13.0', '1.0.0'],
];

/** The release of Backstage that a folder is on, and how it is known. */
export interface BackstageRelease {
  version: string;
  /** `installed`: from the version of `@backstage/backend-defaults` that is installed there. */
  source: 'backstage.json' | 'installed';
}

/**
 * The release of Backstage for `dir`: what the nearest `backstage.json` upwards names, the file that Backstage's own tools keep,
 * else that of `installed`, a version of `@backstage/backend-defaults`. Undefined where neither tells.
 */
export function backstageRelease(dir: string, installed?: string): BackstageRelease | undefined {
  const declared = declaredRelease(dir);
  if (declared !== undefined) return { version: declared, source: 'backstage.json' };
  const version = installed === undefined ? undefined : releaseWith(installed);
  return version === undefined ? undefined : { version, source: 'installed' };
}

/** The version of `@backstage/backend-defaults` in a release of Backstage, or in the latest one before it of the same minor version. */
export function backendDefaultsOf(release: string): string | undefined {
  return rowOf(release)?.[1];
}

/** The versions of the interfaces of apps in a release of Backstage, by package; none where the release is not known. */
export function appInterfacesOf(release: string): Record<string, string> {
  const [, , core, frontend] = rowOf(release) ?? [];
  return core && frontend ? { [CORE_PLUGIN_API]: core, [FRONTEND_PLUGIN_API]: frontend } : {};
}

function rowOf(release: string): Row | undefined {
  const wanted = parse(release);
  return RELEASES.find(([known]) => minor(known) === wanted?.minor && major(known) === wanted.major);
}

/** The release with a version of backend-defaults, or with the latest version before it that differs in the patch number only. */
function releaseWith(installed: string): string | undefined {
  const version = parse(installed);
  if (!version) return undefined;
  const found = RELEASES.findLast(
    ([, known]) => minor(known) === version.minor && major(known) === version.major && lte(known, version),
  );
  return found?.[0];
}

function declaredRelease(dir: string): string | undefined {
  for (let at = dir; ; at = dirname(at)) {
    const file = join(at, 'backstage.json');
    if (existsSync(file)) return versionIn(file);
    if (dirname(at) === at) return undefined;
  }
}

/** Undefined for a file that names no version: it is not ours to complain about. */
function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
