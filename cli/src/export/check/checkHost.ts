import { StagedoorError, peerFit } from '@stagedoor/bundle';
import { satisfies, valid, validRange } from 'semver';
import { backstageField } from '../describe/packageJson';
import type { ExportedPackage } from '../plan/plan';
import type { TargetHost } from '../source/host/readHost';

/** What a bundle will ask of its host. */
export interface Demands {
  /** Range by shared package. */
  peers: Record<string, string>;
  /** True where it carries native code, which is for the platform of this process. */
  native: boolean;
}

const PRERELEASES = { includePrerelease: true };

/**
 * Holds a bundle against the portal it is made for, as the portal will when it loads it. Throws PEER_UNSATISFIED,
 * PEER_UNKNOWN, NODE_UNSUPPORTED or PLATFORM_MISMATCH. Returns what the portal will warn of.
 */
export function checkHost(plan: ExportedPackage, demands: Demands): string[] {
  if (!plan.host) return [];
  checkPeers(plan, plan.host, demands.peers);
  checkNode(plan, plan.host);
  if (demands.native) checkPlatform(plan, plan.host);
  return [...otherRelease(plan, plan.host), ...laterPeers(plan.host, demands.peers)];
}

function checkPeers({ pkg }: ExportedPackage, { shared }: TargetHost, peers: Record<string, string>): void {
  const unknown = Object.keys(peers).filter((name) => !Object.hasOwn(shared, name));
  if (unknown.length > 0) {
    throw new StagedoorError('PEER_UNKNOWN', `The host does not share ${unknown.join(', ')}.`, {
      hint: 'Leave out the --shared that matches it: what a host does not share is inlined.',
    });
  }
  const unmet = Object.entries(peers).filter(([name, range]) => peerFit(shared[name]!, range) === 'unsatisfied');
  if (unmet.length === 0) return;
  const lines = unmet.map(([name, range]) => `${pkg.name} needs ${name} ${range}; the host has ${shared[name]}.`);
  throw new StagedoorError('PEER_UNSATISFIED', lines.join('\n'), {
    details: { peers: unmet.map(([name, range]) => ({ name, range, version: shared[name] })) },
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
