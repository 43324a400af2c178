import { sourceName } from '@stagedoor/bundle';
import { satisfies, valid } from 'semver';
import type { PackageRule, PackageSettings } from '../settings/packages';
import { packageNotAllowed, packageDenied } from './errors';

/** A package, for matching with rules. */
interface NamedVersion {
  name: string;
  version: string;
}

/** Checks a package against the lists of the operator. Throws PACKAGE_DENIED. */
export function checkPackage(pkg: NamedVersion, { allow, deny }: PackageSettings): void {
  const title = `${pkg.name}@${pkg.version}`;
  const denied = deny.find((rule) => matchesName(rule.name, pkg.name) && inRange(pkg.version, rule, true));
  if (denied) throw packageDenied(title, text(denied));
  if (allow && !allow.some((rule) => matchesName(rule.name, pkg.name) && inRange(pkg.version, rule, false))) {
    throw packageNotAllowed(title);
  }
}

/**
 * True if a pattern matches a package: `*` stands for any characters including slashes (a rule that denies `*` must match
 * all), case is ignored, and so is the suffix `-dynamic` of bundles.
 */
export function matchesName(pattern: string, name: string): boolean {
  const expression = pattern.split('*').map(escape).join('.*');
  const regexp = new RegExp(`^${expression}$`, 'i');
  return regexp.test(name) || regexp.test(sourceName(name));
}

/** An invalid version matches every denying rule and no allowing one. */
function inRange(version: string, rule: PackageRule, unknown: boolean): boolean {
  if (rule.version === undefined) return true;
  return valid(version) ? satisfies(version, rule.version, { includePrerelease: true }) : unknown;
}

function escape(pattern: string): string {
  return pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}

function text({ name, version }: PackageRule): string {
  return `'${name}'${version === undefined ? '' : ` ${version}`}`;
}
