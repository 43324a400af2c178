import type { RootConfigService } from '@backstage/backend-plugin-api';
import { findPackageDir, sharedPackages, type SharedPackage } from '@stagedoor/bundle';

let found: SharedPackage[] | undefined;

/** The packages that bundles share with this portal: looked for once, nothing is installed while it runs. */
export function hostPackages(): readonly SharedPackage[] {
  return (found ??= sharedPackages(__dirname));
}

/** The folder of the app that `@backstage/plugin-app-backend` serves, found as it finds it; undefined where none is installed. */
export function appFolder(config: RootConfigService): string | undefined {
  return findPackageDir(config.getOptionalString('app.packageName') ?? 'app', __dirname);
}
