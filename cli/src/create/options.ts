import type { PackageManager } from './packageManager';

/** The kinds; a pair is a frontend plugin and the backend plugin that it calls. */
export const KINDS = ['backend-plugin', 'backend-module', 'frontend-plugin', 'pair'] as const;
export type Kind = (typeof KINDS)[number];
/** What one package can be. */
export type PackageKind = Exclude<Kind, 'pair'>;

/** The requested package or pair. */
export interface CreateOptions {
  /** Folder that a relative `folder` is resolved from, and whose workspace counts. */
  cwd: string;
  kind: Kind;
  /** The plugin's id; of a module the id of the plugin that it extends. */
  id: string;
  /** The module's id; for modules only. */
  module?: string;
  /**
   * By default where the workspace keeps its plugins, without one `./<last part of the name>`. Of a pair, the folder that
   * both are made in: without a workspace it becomes one, by default `./<id>`.
   */
  folder?: string;
  /** Name of the package; by default made of the ids, with the scope of the workspace's other packages. Not for a pair. */
  name?: string;
  /** By default that of the workspace, or the one that runs this process, or npm. */
  packageManager?: PackageManager;
  /** The version or range of `@stagedoor/cli` in package.json; by default this release. */
  cli?: string;
}

/** A created package. */
export interface CreatedPackage {
  name: string;
  kind: PackageKind;
  /** Absolute. */
  path: string;
}

/** The result; `--json` prints it as it is. */
export interface CreateResult {
  /** Of the package; of a pair, that of its workspace where it has one of its own, or else of the frontend. */
  name: string;
  kind: Kind;
  /** Absolute; of a pair the folder that holds both. */
  path: string;
  /** The workspace that it is a member of. */
  workspace?: string;
  packageManager: PackageManager;
  /** Relative to `path`, sorted. */
  files: string[];
  packages: CreatedPackage[];
}
