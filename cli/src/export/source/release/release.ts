import {
  SHARED_ROOT,
  appInterfacesOf,
  backendDefaultsOf,
  backstageRelease,
  findPackageDir,
  installedAppPackages,
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
  /** Versions of the packages that its apps and frontend plugins have in common, by name. */
  app: ReadonlyMap<string, string>;
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
    : await publishedRelease(declared, dir, registry);
}

/** The release of a portal. */
export function hostRelease({ backstage, shared, app: ofApp }: TargetHost): Release {
  const app = { ...(backstage !== undefined && appInterfacesOf(backstage)), ...ofApp };
  return releaseOf(titleOf(backstage, 'the host'), Object.entries(shared), app);
}

/** The release whose packages are installed for `dir`. */
export function installedRelease(dir: string): Release {
  const shared = new Map(sharedPackages(dir).map(({ name, version }) => [name, version]));
  const release = backstageRelease(dir, shared.get(SHARED_ROOT))?.version;
  return releaseOf(titleOf(release, 'the installed release'), shared, appOf(release, dir));
}

/** The packages of apps: those that are installed for `dir`, else those of the release. */
function appOf(release: string | undefined, dir: string): Record<string, string> {
  return { ...(release !== undefined && appInterfacesOf(release)), ...installedAppPackages(dir) };
}

function releaseOf(title: string, shared: Iterable<[string, string]>, ofApp: Record<string, string>): Release {
  const [backend, app] = [new Map(shared), new Map(Object.entries(ofApp))];
  return { title, shared: backend, app, versions: new Map([...backend, ...app]) };
}

async function publishedRelease(release: string, dir: string, registry: Registry): Promise<Release> {
  const title = titleOf(release, '');
  const manifest = await releaseManifest(release, registry.signal);
  const root = manifest?.get(SHARED_ROOT) ?? backendDefaultsOf(release);
  if (root !== undefined) {
    const shared = await closureOf(SHARED_ROOT, root, registry);
    const found = releaseOf(title, shared, appOf(release, dir));
    return manifest ? { ...found, versions: new Map([...manifest, ...found.app]) } : found;
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
