import { gtr, major, minVersion, satisfies } from 'semver';

/**
 * How a host's version of a shared package satisfies the range that a bundle declares. `later`: the host is a minor step
 * ahead below 1.0, such as 0.5.0 for `^0.4.26`. Backstage makes such a step in several packages with each release, mostly
 * without a change that plugins notice, and its own loader never checks. Callers that accept the bundle report it.
 */
export type PeerFit = 'satisfied' | 'later' | 'unsatisfied';

/** Compares a version with an npm range; prereleases count as their release. */
export function peerFit(version: string, range: string): PeerFit {
  const options = { includePrerelease: true };
  if (satisfies(version, range, options)) return 'satisfied';
  try {
    const least = minVersion(range);
    if (least && least.major === 0 && major(version) === 0 && gtr(version, range, options)) return 'later';
  } catch {
    // Not a range, or not a version.
  }
  return 'unsatisfied';
}
