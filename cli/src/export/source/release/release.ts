import {
  SHARED_ROOT,
  backendDefaultsOf,
  backstageRelease,
  findPackageDir,
  sharedPackages,
  StagedoorError,
} from '@stagedoor/bundle';
import { minVersion } from 'semver';
import type { TargetHost } from '../host/readHost';
import { releaseManifest } from './releaseManifest';
import type { Registry } from './registry';

/** The release of Backstage that a plugin is exported for. */
export interface Release {
  /** As messages name it, e.g. `Backstage 1.53.0`. */
  title: string;
  /** Versions of the packages that its hosts have, by name. */
  shared: ReadonlyMap<string, string>;
  /** Versions of all its packages that are known. */
  versions: ReadonlyMap<string, string>;
}

/**
 * The release that a published plugin is fetched for by a command in `dir`: of `host`, of the packages installed for `dir`, of the
 * `backstage.json` above it, or of `ownDir`, in this order. Throws HOST_UNREADABLE for a `backstage.json` that names a release of
 * which nothing is known.
 */
export async function releaseFor(
  { dir, host, ownDir }: { dir: string; host: TargetHost | undefined; ownDir: string },
  registry: Registry,
): Promise<Release> {
  if (host) return hostRelease(host);
  const installed = findPackageDir(SHARED_ROOT, dir) !== undefined;
  const declared = installed ? undefined : backstageRelease(dir)?.version;
  return declared === undefined
    ? installedRelease(installed ? dir : ownDir)
    : await publishedRelease(declared, registry);
}

/** The release of a portal. */
export function hostRelease({ backstage, shared }: TargetHost): Release {
  const versions = new Map(Object.entries(shared));
  return { title: titleOf(backstage, 'the host'), shared: versions, versions };
}

/** The release whose packages are installed for `dir`. */
export function installedRelease(dir: string): Release {
  const versions = new Map(sharedPackages(dir).map(({ name, version }) => [name, version]));
  const release = backstageRelease(dir, versions.get(SHARED_ROOT))?.version;
  return { title: titleOf(release, 'the installed release'), shared: versions, versions };
}

async function publishedRelease(release: string, registry: Registry): Promise<Release> {
  const title = titleOf(release, '');
  const manifest = await releaseManifest(release, registry.signal);
  const root = manifest?.get(SHARED_ROOT) ?? backendDefaultsOf(release);
  if (root !== undefined) {
    const shared = await closureOf(SHARED_ROOT, root, registry);
    return { title, shared, versions: manifest ?? shared };
  }
  throw new StagedoorError(
    'HOST_UNREADABLE',
    `backstage.json names Backstage ${release}, whose packages are unknown.`,
    {
      hint: 'Name the portal with --host, or install @backstage/backend-defaults of the release in this folder.',
    },
  );
}

/**
 * The `@backstage/*` packages that a package needs, as npm lists it: what a release declares is the least version that satisfies
 * its ranges.
 */
async function closureOf(name: string, version: string, registry: Registry): Promise<Map<string, string>> {
  const found = new Map([[name, version]]);
  for (const [next, at] of found) {
    const listed = await registry.versions(next);
    const { dependencies = {} } = listed.find((entry) => entry.version === at) ?? {};
    for (const [dependency, range] of Object.entries(dependencies)) {
      const least = dependency.startsWith('@backstage/') ? minVersion(range)?.version : undefined;
      if (least && !found.has(dependency)) found.set(dependency, least);
    }
  }
  return found;
}

function titleOf(release: string | undefined, otherwise: string): string {
  return release === undefined ? otherwise : `Backstage ${release}`;
}
