import type { PackageManager } from './packageManager';

/** What can be made; a pair is a frontend plugin and the backend plugin that it calls. */
export const KINDS = ['backend-plugin', 'backend-module', 'frontend-plugin', 'pair'] as const;
export type Kind = (typeof KINDS)[number];
/** What one package can be. */
export type PackageKind = Exclude<Kind, 'pair'>;

/** What is to be made, as it was asked for. */
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
  /** What package.json asks of `@stagedoor/cli`; by default this release. */
  cli?: string;
}

/** One package that was made. */
export interface CreatedPackage {
  name: string;
  kind: PackageKind;
  /** Absolute. */
  path: string;
}

/** What was made; `--json` prints it as it is. */
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
