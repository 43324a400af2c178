import {
  BUNDLE_ROLES,
  fitsApp,
  isFrontendRole,
  isInside,
  peerFit,
  type HostManifest,
  type StagedoorError,
} from '@stagedoor/bundle';
import { resolve } from 'node:path';
import { satisfies, valid, validRange } from 'semver';
import type { StagedBundle } from '../stage/stagedBundle';
import {
  appUnsatisfied,
  platformMismatch,
  peerUnsatisfied,
  peerUnknown,
  backstageUnsupported,
  entryPointOutside,
  roleUnsupported,
  roleMissing,
} from './errors';

/** One check; throws its error. */
type Check = (bundle: StagedBundle, host: HostManifest) => void;

/** The gate: small separate checks in this order; the first error wins. */
const CHECKS: readonly Check[] = [checkRole, checkEntryPoints, checkPeers, checkNative];

/** Checks a staged bundle against the host. Throws the code of the first check that fails. */
export function validateBundle(bundle: StagedBundle, host: HostManifest): void {
  for (const check of CHECKS) check(bundle, host);
}

function checkRole(bundle: StagedBundle): void {
  const role = bundle.packageJson.backstage?.role;
  if (!role) throw roleMissing(bundle.name);
  if (BUNDLE_ROLES.some((known) => known === role)) return;
  throw roleUnsupported(bundle.name, role);
}

/**
 * `main` and every target of `exports`, before any of them is followed; links were copied or rejected when the bundle was
 * staged.
 */
function checkEntryPoints({ name, dir, packageJson: { main, exports } }: StagedBundle): void {
  const targets: string[] = main === undefined ? [] : [main];
  // The depth of conditions is up to an attacker: no recursion.
  const open: unknown[] = [exports];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next === 'string') targets.push(next);
    else if (typeof next === 'object' && next !== null) for (const value of Object.values(next)) open.push(value);
  }
  const outside = targets.find((target) => !isInside(dir, resolve(dir, target)));
  if (outside === undefined) return;
  throw entryPointOutside(name, outside);
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
  return backstageUnsupported(name, declared, backstage);
}

/** Only for bundles with our manifest: others declare peers that their own `node_modules` also contains. */
function checkPeers(bundle: StagedBundle, host: HostManifest): void {
  if (isFrontendRole(bundle.packageJson.backstage?.role ?? '')) return;
  for (const [name, range] of Object.entries(bundle.manifest?.host.shared ?? {})) {
    const version = Object.hasOwn(host.shared, name) ? host.shared[name] : undefined;
    if (version === undefined) {
      throw peerUnknown(bundle.name, name);
    }
    if (peerFit(version, range) === 'unsatisfied') {
      throw peerUnsatisfied(bundle.name, name, range, version);
    }
  }
}

/** That a frontend plugin was made with later packages than the app has, as an error; undefined where it was not, or nobody knows. */
export function laterThanApp(
  { name, manifest, packageJson }: StagedBundle,
  { app = {} }: HostManifest,
): StagedoorError | undefined {
  if (!isFrontendRole(packageJson.backstage?.role ?? '')) return undefined;
  const [peer, range] =
    Object.entries(manifest?.host.shared ?? {}).find(
      ([needed, needs]) => Object.hasOwn(app, needed) && !fitsApp(app[needed]!, needs),
    ) ?? [];
  return peer === undefined || range === undefined ? undefined : appUnsatisfied(name, peer, range, app[peer]!);
}

/** Shared packages that the host has in a later version than the bundle was made for. */
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
    throw platformMismatch(bundle.name, there, here);
  }
}
