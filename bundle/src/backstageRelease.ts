import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lte, major, minor, parse } from 'semver';

/**
 * The version of `@backstage/backend-defaults` that each release of Backstage has, oldest first: from `@backstage/create-app`, which
 * carries the versions of its release. The last row is taken from the day on which both were published.
 */
const BACKEND_DEFAULTS: ReadonlyArray<readonly [release: string, version: string]> = [
  ['1.40.0', '0.11.0'],
  ['1.41.0', '0.11.1'],
  ['1.42.0', '0.12.0'],
  ['1.43.0', '0.12.1'],
  ['1.44.0', '0.13.0'],
  ['1.45.0', '0.13.1'],
  ['1.46.0', '0.14.0'],
  ['1.47.0', '0.15.0'],
  ['1.48.0', '0.15.2'],
  ['1.49.0', '0.16.0'],
  ['1.50.0', '0.17.0'],
  ['1.51.0', '0.17.1'],
  ['1.52.0', '0.17.3'],
  ['1.53.0', '0.17.5'],
  ['1.54.0', '0.17.7'],
  ['1.55.0', '0.18.0'],
  ['1.57.0', '0.19.0'],
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
  const wanted = parse(release);
  if (!wanted) return undefined;
  return BACKEND_DEFAULTS.find(([known]) => minor(known) === wanted.minor && major(known) === wanted.major)?.[1];
}

/** The release with a version of backend-defaults, or with the latest version before it that differs in the patch number only. */
function releaseWith(installed: string): string | undefined {
  const version = parse(installed);
  if (!version) return undefined;
  const found = BACKEND_DEFAULTS.findLast(
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
