import { BUNDLE_ROLES, StagedoorError, isFrontendRole, isInside, peerFit, type HostManifest } from '@stagedoor/bundle';
import { resolve } from 'node:path';
import { satisfies, valid, validRange } from 'semver';
import type { StagedBundle } from '../stage/stagedBundle';

/** One reason to refuse a bundle; throws it. */
type Check = (bundle: StagedBundle, host: HostManifest) => void;

/** The gate: small separate checks, run in this order, the first fault wins. */
const CHECKS: readonly Check[] = [checkRole, checkEntryPoints, checkPeers, checkNative];

/** Holds a staged bundle against the host. Throws the code of the first check that fails. */
export function validateBundle(bundle: StagedBundle, host: HostManifest): void {
  for (const check of CHECKS) check(bundle, host);
}

function checkRole(bundle: StagedBundle): void {
  const role = bundle.packageJson.backstage?.role;
  if (!role) throw new StagedoorError('ROLE_MISSING', `package.json of ${bundle.name} has no backstage.role.`);
  if (BUNDLE_ROLES.some((known) => known === role)) return;
  throw new StagedoorError('ROLE_UNSUPPORTED', `${bundle.name} has the role '${role}', which is not loaded here.`);
}

/** `main` and every target of `exports`, before any of them is followed; links were made copies or refused when it was staged. */
function checkEntryPoints({ name, dir, packageJson: { main, exports } }: StagedBundle): void {
  const targets: string[] = main === undefined ? [] : [main];
  // Conditions nest as deep as an attacker likes: no recursion.
  const open: unknown[] = [exports];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') targets.push(next);
    else if (typeof next === 'object' && next !== null) for (const value of Object.values(next)) open.push(value);
  }
  const outside = targets.find((target) => !isInside(dir, resolve(dir, target)));
  if (outside === undefined) return;
  throw new StagedoorError('MAIN_OUTSIDE', `main or exports of ${name} leads out of it: ${outside.slice(0, 200)}`);
}

/**
 * That a bundle is for other releases of Backstage, as an error; undefined where it is not, or where one of the two is unknown. RHDH
 * reads a single version as `~version`; so do we.
 */
export function unsupportedRelease(
  { name, packageJson }: StagedBundle,
  { backstage }: HostManifest,
): StagedoorError | undefined {
  const declared = packageJson.backstage?.['supported-versions'];
  if (!declared || !backstage) return undefined;
  const range = valid(declared) ? `~${declared}` : declared;
  if (!validRange(range) || satisfies(backstage, range, { includePrerelease: true })) return undefined;
  return new StagedoorError(
    'BACKSTAGE_VERSION_UNSUPPORTED',
    `${name} supports Backstage ${declared}; this portal is ${backstage}.`,
  );
}

/**
 * Only for bundles with our manifest: others declare peers that their own `node_modules` also holds. What frontend
 * plugins expect, the app shares.
 */
function checkPeers(bundle: StagedBundle, host: HostManifest): void {
  if (isFrontendRole(bundle.packageJson.backstage?.role ?? '')) return;
  for (const [name, range] of Object.entries(bundle.manifest?.host.shared ?? {})) {
    const version = Object.hasOwn(host.shared, name) ? host.shared[name] : undefined;
    if (version === undefined) {
      throw new StagedoorError('PEER_UNKNOWN', `${bundle.name} expects ${name} of its host, which does not share it.`);
    }
    if (peerFit(version, range) === 'unsatisfied') {
      throw new StagedoorError(
        'PEER_UNSATISFIED',
        `${bundle.name} needs ${name} ${range}; this portal has ${version}.`,
      );
    }
  }
}

/** Shared packages of which the host has a later version than a bundle was made for, which may matter to it. */
export function laterPeers({ manifest, packageJson }: StagedBundle, { shared }: HostManifest): string[] {
  if (isFrontendRole(packageJson.backstage?.role ?? '')) return [];
  return Object.entries(manifest?.host.shared ?? {})
    .filter(([name, range]) => Object.hasOwn(shared, name) && peerFit(shared[name]!, range) === 'later')
    .map(([name, range]) => `${name} ${shared[name]} (made for ${range})`);
}

function checkNative(bundle: StagedBundle, host: HostManifest): void {
  const native = bundle.manifest?.native;
  if (!native) return;
  const here = `${host.platform}-${host.arch}, ABI ${host.abi}`;
  const there = `${native.platform}-${native.arch}, ABI ${native.abi}`;
  if (here !== there) {
    throw new StagedoorError(
      'PLATFORM_MISMATCH',
      `${bundle.name} carries native code for ${there}; this portal runs on ${here}.`,
    );
  }
}
