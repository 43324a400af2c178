import { StagedoorError } from '@stagedoor/bundle';
import { satisfies } from 'semver';
import type { PublishedVersion } from '../../../registry/packument';
import type { PackageSpec } from '../locate';
import { appRule, backendRule } from './hostRules';
import { LibraryChoice } from './libraries';
import type { Release } from './release';
import type { Registry } from './registry';

/** A version of a published plugin that fits a release, with the libraries that go with it. */
export interface ChosenVersion {
  version: string;
  /** Versions of libraries by `name@range`, where the newest in the range would not fit. */
  libraries: Record<string, string>;
}

/** Versions that are looked at: who is further behind has other troubles. */
const MAX_CANDIDATES = 60;

/**
 * Chooses the newest version in the range of `spec` that fits a release: what it and the Backstage libraries that come with it need
 * of the host, the host has. Packages of Backstage itself are published with each release, so of those the newest is taken of which
 * the other packages of the release are what it was made with, if there is one. Undefined where npm is to decide: for packages that
 * the registry does not list. Throws PEER_UNSATISFIED, which names a version to ask for.
 */
export async function chooseVersion(
  { name, range }: PackageSpec,
  release: Release,
  registry: Registry,
): Promise<ChosenVersion | undefined> {
  const listed = await registry.list(name).catch(() => undefined);
  registry.signal?.throwIfAborted();
  if (!listed) return undefined;
  const wanted = listed.tags[range] ?? range;
  const inRange = listed.versions.filter(({ version }) => satisfies(version, wanted));
  if (inRange.length === 0) return undefined;
  const rule = inRange.some(isFrontend) ? appRule(release.app) : backendRule(release.shared);
  const libraries = new LibraryChoice(release, rule, registry, name);
  const chosen = await firstFit(inRange, { name, release, libraries });
  if (chosen) return chosen;
  const other = await firstFit(
    listed.versions.filter(({ version }) => satisfies(version, '*')),
    { name, release, libraries },
  );
  throw unfit({ name, newest: inRange[0]!, other }, release, await libraries.misfit(inRange[0]!));
}

interface Search {
  name: string;
  release: Release;
  libraries: LibraryChoice;
}

async function firstFit(
  versions: PublishedVersion[],
  { name, release, libraries }: Search,
): Promise<ChosenVersion | undefined> {
  const candidates = versions.slice(0, MAX_CANDIDATES);
  if (name.startsWith('@backstage/')) {
    const made = candidates.filter((candidate) => isMadeFor(candidate, release));
    for (const candidate of made) {
      const chosen = await libraries.of(candidate);
      if (chosen) return { version: candidate.version, libraries: chosen };
    }
  }
  for (const candidate of candidates) {
    const chosen = await libraries.of(candidate);
    if (chosen) return { version: candidate.version, libraries: chosen };
  }
  return undefined;
}

/** True where every package of the release that a version depends on is in the range that it declares. */
function isMadeFor({ dependencies = {} }: PublishedVersion, { versions }: Release): boolean {
  return Object.entries(dependencies).every(([name, range]) => {
    const version = versions.get(name);
    return version === undefined || satisfies(version, range, { includePrerelease: true });
  });
}

function isFrontend({ dependencies, peerDependencies }: PublishedVersion): boolean {
  return Object.hasOwn({ ...dependencies, ...peerDependencies }, 'react');
}

function unfit(
  { name, newest, other }: { name: string; newest: PublishedVersion; other: ChosenVersion | undefined },
  { title }: Release,
  misfit: string,
): StagedoorError {
  return new StagedoorError('PEER_UNSATISFIED', `${name}@${newest.version} does not fit ${title}: ${misfit}.`, {
    hint: other
      ? `Export ${name}@${other.version}, the newest version that fits.`
      : `No published version of ${name} fits. Use a host of another release, or another plugin.`,
    details: { name, version: newest.version, ...(other && { fits: other.version }) },
  });
}
