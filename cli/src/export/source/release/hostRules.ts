import { APP_INTERFACES, fitsApp, peerFit } from '@stagedoor/bundle';
import { validRange } from 'semver';
import type { PublishedVersion } from '../../../registry/packument';
import { whyShared } from '../sharing';

/** What a version needs of a host that the host has in another version. */
export interface Need {
  name: string;
  range: string;
  /** What the host has. */
  version: string;
}

/** What the host of a bundle has to say about the packages that it is made of. */
export interface HostRule {
  /** What a version needs and the host has not; undefined where it fits. */
  needOf(version: PublishedVersion): Need | undefined;
  /** False for packages that the host has for the bundle. */
  isBrought(name: string): boolean;
  /** False for versions of brought packages that do not work with the host. */
  mayBring(name: string, version: string): boolean;
}

/** The rule of a backend with these versions of shared packages. */
export function backendRule(shared: ReadonlyMap<string, string>): HostRule {
  const sharedVersion = (name: string): string | undefined => {
    const version = shared.get(name);
    return version !== undefined && whyShared(name, version) !== undefined ? version : undefined;
  };
  const fits = (version: string, range: string): boolean => peerFit(version, range) === 'satisfied';
  return {
    needOf: (version) => firstNeed(version, sharedVersion, fits),
    isBrought: (name) => sharedVersion(name) === undefined,
    mayBring: () => true,
  };
}

/** The rule of an app with these versions: what works only with later ones does not fit. Plugins bring copies of its interfaces. */
export function appRule(app: ReadonlyMap<string, string>): HostRule {
  const versionOf = (name: string): string | undefined => app.get(name);
  return {
    needOf: (version) => firstNeed(version, versionOf, fitsApp),
    isBrought: (name) => APP_INTERFACES.includes(name) || !app.has(name),
    mayBring: (name, version) => !APP_INTERFACES.includes(name) || !app.has(name) || fitsApp(app.get(name)!, version),
  };
}

function firstNeed(
  { dependencies, peerDependencies }: PublishedVersion,
  versionOf: (name: string) => string | undefined,
  fits: (version: string, range: string) => boolean,
): Need | undefined {
  for (const [name, range] of Object.entries({ ...peerDependencies, ...dependencies })) {
    const version = versionOf(name);
    if (version === undefined || validRange(range) === null || fits(version, range)) continue;
    return { name, range, version };
  }
  return undefined;
}
