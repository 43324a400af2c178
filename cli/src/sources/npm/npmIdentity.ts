import type { NpmPackage } from '../../install/source';

/**
 * What a lock records of a version of an npm package: `npm <name>@<version> <address>`, followed by ` exported` where it
 * may be exported. For people and comparisons: nothing is read out of it. `address` is a URL, so it holds no blanks and
 * can bring no such suffix.
 */
export function formatIdentity({ name, version, exported }: NpmPackage, address: string): string {
  return `npm ${name}@${version} ${address}${exported ? ' exported' : ''}`;
}
