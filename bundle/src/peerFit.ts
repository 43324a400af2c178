import { gtr, major, minVersion, satisfies } from 'semver';

/**
 * How the version of a shared package that a host has meets the range that a bundle declares.
 *
 * `later`: the host is a minor step ahead below 1.0, such as 0.5.0 for `^0.4.26`. Backstage makes such a step in several
 * packages with each release, mostly without a change that plugins notice; its own loader never looks. Whoever takes the bundle
 * says so.
 */
export type PeerFit = 'satisfied' | 'later' | 'unsatisfied';

/** Holds a version against a range of npm's; versions before a release count as that release. */
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
