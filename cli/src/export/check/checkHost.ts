import { StagedoorError, peerFit } from '@stagedoor/bundle';
import { satisfies, valid, validRange } from 'semver';
import { backstageField } from '../describe/packageJson';
import type { ExportedPackage } from '../plan/plan';
import type { TargetHost } from '../source/host/readHost';
import type { Release } from '../source/release/release';

/** What a bundle will ask of its host. */
export interface Demands {
  /** Range by shared package. */
  peers: Record<string, string>;
  /** True where it carries native code, which is for the platform of this process. */
  native: boolean;
}

const PRERELEASES = { includePrerelease: true };

/**
 * Holds a bundle against the release and, where one is named, the portal that it is made for, as a portal will when it loads it.
 * Throws PEER_UNSATISFIED, PEER_UNKNOWN, NODE_UNSUPPORTED or PLATFORM_MISMATCH. Returns what the portal will warn of.
 */
export function checkHost(plan: ExportedPackage, demands: Demands, release?: Release): string[] {
  if (plan.host) checkKnown(plan.host, demands.peers);
  if (release) checkPeers(plan, release, demands.peers);
  if (!plan.host) return [];
  checkNode(plan, plan.host);
  if (demands.native) checkPlatform(plan, plan.host);
  return [...otherRelease(plan, plan.host), ...laterPeers(plan.host, demands.peers)];
}

function checkKnown({ shared }: TargetHost, peers: Record<string, string>): void {
  const unknown = Object.keys(peers).filter((name) => !Object.hasOwn(shared, name));
  if (unknown.length === 0) return;
  throw new StagedoorError('PEER_UNKNOWN', `The host does not share ${unknown.join(', ')}.`, {
    hint: 'Leave out the --shared that matches it: what a host does not share is inlined.',
  });
}

function checkPeers({ pkg, host }: ExportedPackage, { title, shared }: Release, peers: Record<string, string>): void {
  const unmet = Object.entries(peers).flatMap(([name, range]) => {
    const version = shared.get(name);
    return version === undefined || peerFit(version, range) !== 'unsatisfied' ? [] : [{ name, range, version }];
  });
  if (unmet.length === 0) return;
  const owner = host ? 'the host' : title;
  const lines = unmet.map(({ name, range, version }) => `${pkg.name} needs ${name} ${range}; ${owner} has ${version}.`);
  throw new StagedoorError('PEER_UNSATISFIED', lines.join('\n'), {
    hint: `Use a version of ${pkg.name} that was made for ${owner}, or upgrade ${host ? 'the host' : 'the packages of Backstage'}.`,
    details: { peers: unmet },
  });
}

function laterPeers({ shared }: TargetHost, peers: Record<string, string>): string[] {
  return Object.entries(peers)
    .filter(([name, range]) => peerFit(shared[name]!, range) === 'later')
    .map(([name, range]) => `The host has ${name} ${shared[name]}, a later minor release than ${range}.`);
}

function checkNode({ pkg, self }: ExportedPackage, { node }: TargetHost): void {
  const { node: range } = (self.manifest.engines ?? {}) as { node?: string };
  if (range === undefined || validRange(range) === null || satisfies(node, range, PRERELEASES)) return;
  throw new StagedoorError('NODE_UNSUPPORTED', `${pkg.name} needs Node.js ${range}; the host runs ${node}.`);
}

function otherRelease(plan: ExportedPackage, { backstage }: TargetHost): string[] {
  const declared = backstageField(plan)['supported-versions'];
  if (typeof declared !== 'string' || !backstage) return [];
  // A single version stands for its patch releases, as RHDH reads it.
  const range = valid(declared) ? `~${declared}` : declared;
  if (validRange(range) === null || satisfies(backstage, range, PRERELEASES)) return [];
  return [`${plan.pkg.name} supports Backstage ${declared}; the host is ${backstage}.`];
}

function checkPlatform({ pkg }: ExportedPackage, host: TargetHost): void {
  const here = `${process.platform}-${process.arch}, ABI ${process.versions.modules}`;
  const there = `${host.platform}-${host.arch}, ABI ${host.abi}`;
  if (here === there) return;
  throw new StagedoorError(
    'PLATFORM_MISMATCH',
    `${pkg.name} carries native code, installed here for ${here}; the host runs on ${there}.`,
    { hint: 'Export on the platform and Node version of the host, for example in a container of its image.' },
  );
}
