import { realpath } from 'node:fs/promises';
import {
  BUNDLE_ROLES,
  StagedoorError,
  databaseDriverNames,
  dynamicName,
  readPackageJson,
  type BundleRole,
  type PackageJson,
} from '@stagedoor/bundle';
import { findEntries, type Entry } from './entries';
import type { TargetHost } from '../source/host/readHost';
import type { InstalledManifest, InstalledPackage } from '../source/installedPackage';
import { resolveOverrides, type AskedFor, type Forced, type OverridePatterns } from './overrides';
import { providedPackages, sharedImports, type SharedImport } from './shared';
import { findWorkspace, refusePlugAndPlay, unlockedWorkspace, type Workspace } from '../source/workspace';

/** The package that is exported, of whichever role. */
export interface ExportedPackage {
  /** Absolute real path of the plugin package. */
  dir: string;
  pkg: PackageJson;
  /** The same package, as dependencies are described. */
  self: InstalledPackage;
  role: BundleRole;
  /** Name of the bundle: the source name with `-dynamic`. */
  name: string;
  workspace: Workspace;
  /** The portal that the bundle is for; undefined for any portal of the plugin's Backstage release. */
  host?: TargetHost;
  warnings: string[];
}

/** What is exported to run in a backend, and what the host provides. */
export interface Plan extends ExportedPackage {
  entries: Entry[];
  /** Packages that stay imports, by name, as installed where the shared set was read; see `whyShared`. */
  shared: ReadonlyMap<string, SharedImport>;
  /** All packages that the host has, by name. The bundle has a copy of those that are not {@link shared} where they are installed. */
  provided: ReadonlyMap<string, SharedImport>;
  /** Folder that the shared packages were resolved from. */
  sharedFrom: string;
  /** Decisions that were asked for, by package name. */
  forced: Forced;
  /** The packages that are to be hoisted, whether or not anything imports them. */
  askedFor: readonly AskedFor[];
  /** Override options that mean no package of this plugin. */
  unmatched: readonly string[];
  /** Names of database drivers that the host may bring, and that the plugin does not bring itself. */
  hostDrivers: ReadonlySet<string>;
  /** Names of the packages that the plugin itself declares for production. */
  brought: ReadonlySet<string>;
}

/**
 * Plans the export of a package that runs in a backend; shared packages are resolved from `sharedFrom`. Throws MAIN_*, SHARED_PACKAGE_MISSING, and USAGE for overrides
 * that contradict each other.
 */
export async function planExport(
  exported: ExportedPackage,
  sharedFrom: string,
  overrides: OverridePatterns = {},
): Promise<Plan> {
  const { dir, pkg, self, host, warnings } = exported;
  const provided = providedPackages(dir, sharedFrom, host);
  const { warnings: more, ...resolved } = await resolveOverrides(self, overrides, new Set(provided.keys()));
  const { dependencies, optionalDependencies, peerDependencies } = self.manifest;
  const own = { ...dependencies, ...optionalDependencies };
  return {
    ...exported,
    entries: findEntries(dir, pkg),
    provided,
    shared: sharedImports(provided, resolved.forced, { dir, sharedFrom }),
    sharedFrom,
    ...resolved,
    hostDrivers: new Set(databaseDriverNames(sharedFrom).filter((name) => own[name] === undefined)),
    brought: new Set(Object.keys({ ...own, ...peerDependencies })),
    warnings: [...warnings, ...more],
  };
}

/**
 * Reads the package in `dir`; `fetched` ones were installed for this export only and have no lockfile. Throws
 * PACKAGE_JSON_*, ROLE_MISSING, ROLE_UNSUPPORTED, PNP_UNSUPPORTED.
 */
export async function readExported(dir: string, fetched: boolean, host?: TargetHost): Promise<ExportedPackage> {
  const pkg = await readPackageJson(dir);
  const real = await realpath(dir);
  const role = roleOf(pkg);
  const workspace = fetched ? unlockedWorkspace(real) : findWorkspace(real);
  refusePlugAndPlay(workspace);
  const self = { name: pkg.name, version: pkg.version, dir: real, manifest: pkg as InstalledManifest };
  return { dir: real, pkg, self, role, name: dynamicName(pkg.name), workspace, host, warnings: [] };
}

function roleOf(pkg: PackageJson): BundleRole {
  const role = pkg.backstage?.role;
  if (!role) throw new StagedoorError('ROLE_MISSING', `${pkg.name}: package.json has no backstage.role.`);
  const known = BUNDLE_ROLES.find((each) => each === role);
  if (known) return known;
  throw new StagedoorError(
    'ROLE_UNSUPPORTED',
    `${pkg.name} has the role ${JSON.stringify(role)}; export takes ${BUNDLE_ROLES.join(', ')}.`,
  );
}
