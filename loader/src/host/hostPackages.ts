import { sharedPackages, type SharedPackage } from '@stagedoor/bundle';

let found: SharedPackage[] | undefined;

/** The packages that bundles share with this portal: looked for once, nothing is installed while it runs. */
export function hostPackages(): readonly SharedPackage[] {
  return (found ??= sharedPackages(__dirname));
}
