import { realpath } from 'node:fs/promises';
import {
  SHARED_ROOT,
  StagedoorError,
  dynamicName,
  isBackendRole,
  readPackageJson,
  sharedPackages,
  type PackageJson,
  type SharedPackage,
} from '@stagedoor/bundle';
import { findEntries, type Entry } from './entries';
import type { InstalledManifest, InstalledPackage } from './installedPackage';
import { findWorkspace, refusePlugAndPlay, unlockedWorkspace, type Workspace } from './workspace';

/** What is exported, and what the host provides. */
export interface Plan {
  /** Absolute real path of the plugin package. */
  dir: string;
  pkg: PackageJson;
  /** The same package, as dependencies are described. */
  self: InstalledPackage;
  role: 'backend-plugin' | 'backend-plugin-module';
  /** Name of the bundle: the source name with `-dynamic`. */
  name: string;
  entries: Entry[];
  workspace: Workspace;
  /**
   * Packages that stay imports, by name, as installed where the shared set was read. The root of the closure is not
   * among them: plugins use its helpers with ranges such as ^0.17, which the next host release no longer meets,
   * and a copy of its own does what npm would do for that plugin in a portal.
   */
  shared: ReadonlyMap<string, SharedPackage>;
  /** Folder that the shared packages were resolved from. */
  sharedFrom: string;
}

/**
 * Reads the plugin package in `dir`. The shared packages are those installed for `sharedFrom`. What was `fetched` for
 * this export has no lockfile. Throws PACKAGE_JSON_*, ROLE_MISSING, ROLE_UNSUPPORTED, MAIN_*, PNP_UNSUPPORTED.
 */
export async function planExport(dir: string, sharedFrom: string, fetched = false): Promise<Plan> {
  const pkg = await readPackageJson(dir);
  const real = await realpath(dir);
  const role = backendRole(pkg);
  const workspace = fetched ? unlockedWorkspace(real) : findWorkspace(real);
  refusePlugAndPlay(workspace);
  return {
    dir: real,
    pkg,
    self: { name: pkg.name, version: pkg.version, dir: real, manifest: pkg as InstalledManifest },
    role,
    name: dynamicName(pkg.name),
    entries: findEntries(real, pkg),
    workspace,
    shared: new Map(
      sharedPackages(sharedFrom)
        .filter((entry) => entry.name !== SHARED_ROOT)
        .map((entry) => [entry.name, entry]),
    ),
    sharedFrom,
  };
}

function backendRole(pkg: PackageJson): Plan['role'] {
  const role = pkg.backstage?.role;
  if (!role) throw new StagedoorError('ROLE_MISSING', `${pkg.name}: package.json has no backstage.role.`);
  if (!isBackendRole(role)) {
    throw new StagedoorError(
      'ROLE_UNSUPPORTED',
      `${pkg.name} has the role ${JSON.stringify(role)}; export takes backend-plugin and backend-plugin-module.`,
    );
  }
  return role;
}
