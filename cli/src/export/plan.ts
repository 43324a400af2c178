import { realpath } from 'node:fs/promises';
import { StagedoorError, dynamicName, isBackendRole, readPackageJson, type PackageJson } from '@stagedoor/bundle';
import { findEntries, type Entry } from './entries';
import type { HostManifest } from './host/readHost';
import type { InstalledManifest, InstalledPackage } from './installedPackage';
import { resolveOverrides, type Forced, type OverridePatterns } from './overrides';
import { providedPackages, sharedImports, type SharedImport } from './shared';
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
  shared: ReadonlyMap<string, SharedImport>;
  /** Folder that the shared packages were resolved from. */
  sharedFrom: string;
  /** The portal that the bundle is for; undefined for any portal of the plugin's Backstage release. */
  host?: HostManifest;
  /** Decisions that were asked for, by package name. */
  forced: Forced;
  warnings: string[];
}

/** How a plan is made. */
export interface PlanOptions {
  /** Folder that the shared packages are resolved from. */
  sharedFrom: string;
  /** True for what was installed for this export only: it has no lockfile. */
  fetched: boolean;
  host?: HostManifest;
  overrides?: OverridePatterns;
}

/**
 * Reads the plugin package in `dir`. Throws PACKAGE_JSON_*, ROLE_MISSING, ROLE_UNSUPPORTED, MAIN_*, PNP_UNSUPPORTED,
 * SHARED_PACKAGE_MISSING, and USAGE for overrides that contradict each other.
 */
export async function planExport(
  dir: string,
  { sharedFrom, fetched, host, overrides = {} }: PlanOptions,
): Promise<Plan> {
  const pkg = await readPackageJson(dir);
  const real = await realpath(dir);
  const role = backendRole(pkg);
  const workspace = fetched ? unlockedWorkspace(real) : findWorkspace(real);
  refusePlugAndPlay(workspace);
  const self = { name: pkg.name, version: pkg.version, dir: real, manifest: pkg as InstalledManifest };
  const provided = providedPackages(real, sharedFrom, host);
  const { forced, warnings } = await resolveOverrides(self, overrides, new Set(provided.keys()));
  return {
    dir: real,
    pkg,
    self,
    role,
    name: dynamicName(pkg.name),
    entries: findEntries(real, pkg),
    workspace,
    shared: sharedImports(provided, forced, { dir: real, sharedFrom }),
    sharedFrom,
    host,
    forced,
    warnings,
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
