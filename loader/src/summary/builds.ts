import type { Summary } from '../adminApi';
import type { NamedBuild } from '../lifecycle/states';
import type { Facts } from './facts';
import { refusalOf } from './refusal';

type BuildState = Summary['builds'][number]['state'];

/** What the loaded build does. */
function ofLoaded({ process, status: { state } }: Facts, isUp: boolean): BuildState {
  if (state === 'draining') return 'draining';
  if (isUp) return 'serving';
  if (state === 'waiting') return 'waiting';
  return process?.state === 'quarantined' || state === 'quarantined' ? 'quarantined' : 'restarting';
}

/** The state of each build that is known: the loaded one, those on their way, the drop, and those to return to. */
export function buildsOf(facts: Facts, isUp: boolean): Summary['builds'] {
  const { loaded, onDisk, generations = [], version, digest, state: recorded } = facts.status;
  const { quarantined } = facts.remembered;
  const refusal = refusalOf(facts);
  const found: Array<[NamedBuild | undefined, BuildState]> = [
    [loaded, ofLoaded(facts, isUp)],
    [named(version, digest), recorded === 'starting' || recorded === 'staging' ? 'starting' : 'on-disk'],
    [refusal?.build, 'refused'],
    ...generations
      .filter(({ role }) => role !== 'serving')
      .map((build): [NamedBuild, BuildState] => [build, build.role === 'previous' ? 'available' : 'draining']),
    [onDisk, onDisk && quarantined?.digest === onDisk.digest ? 'quarantined' : 'on-disk'],
  ];
  const builds = new Map<string, Summary['builds'][number]>();
  // What is said of the drop last yields to what was said before, except `on-disk`, which says the least.
  for (const [build, its] of found) {
    if (!build) continue;
    const earlier = builds.get(build.digest)?.state;
    if (earlier !== undefined && earlier !== 'on-disk') continue;
    builds.set(build.digest, { version: build.version, digest: build.digest, state: its });
  }
  return [...builds.values()];
}

function named(version: string | undefined, digest: string | undefined): NamedBuild | undefined {
  return version !== undefined && digest !== undefined ? { version, digest } : undefined;
}
