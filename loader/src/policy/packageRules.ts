import { StagedoorError, sourceName } from '@stagedoor/bundle';
import { satisfies, valid } from 'semver';
import type { PackageRule, PackageSettings } from '../settings/packages';

/** A package as rules see it. */
interface NamedVersion {
  name: string;
  version: string;
}

/** Holds a package against the lists of the operator. Throws PACKAGE_DENIED. */
export function checkPackage(pkg: NamedVersion, { allow, deny }: PackageSettings): void {
  const title = `${pkg.name}@${pkg.version}`;
  const denied = deny.find((rule) => matchesName(rule.name, pkg.name) && inRange(pkg.version, rule, true));
  if (denied) throw new StagedoorError('PACKAGE_DENIED', `${title} is denied by the rule ${text(denied)}.`);
  if (allow && !allow.some((rule) => matchesName(rule.name, pkg.name) && inRange(pkg.version, rule, false))) {
    throw new StagedoorError('PACKAGE_DENIED', `${title} is not among the packages that are allowed.`);
  }
}

/**
 * True when a pattern means a package: `*` stands for any characters, a slash included (a rule that denies `*` must mean
 * all), case does not count, and neither does the suffix `-dynamic` that bundles carry.
 */
export function matchesName(pattern: string, name: string): boolean {
  const expression = pattern.split('*').map(escape).join('.*');
  const regexp = new RegExp(`^${expression}$`, 'i');
  return regexp.test(name) || regexp.test(sourceName(name));
}

/** A version that cannot be compared counts as denied, and not as allowed. */
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
