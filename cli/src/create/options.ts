import type { PackageManager } from './packageManager';

/** What can be made. */
export const KINDS = ['backend-plugin', 'backend-module'] as const;
export type Kind = (typeof KINDS)[number];

/** What is to be made, as it was asked for. */
export interface CreateOptions {
  /** Folder that a relative `folder` is resolved from, and whose workspace counts. */
  cwd: string;
  kind: Kind;
  /** The plugin's id; of a module the id of the plugin that it extends. */
  id: string;
  /** The module's id; for modules only. */
  module?: string;
  /** By default where the workspace keeps its plugins, without one `./<last part of the name>`. */
  folder?: string;
  /** Name of the package; by default made of the ids, with the scope of the workspace's other packages. */
  name?: string;
  /** By default that of the workspace, or the one that runs this process, or npm. */
  packageManager?: PackageManager;
  /** What package.json asks of `@stagedoor/cli`; by default this release. */
  cli?: string;
}

/** What was made; `--json` prints it as it is. */
export interface CreateResult {
  name: string;
  kind: Kind;
  /** Absolute. */
  path: string;
  /** The workspace that it is a member of. */
  workspace?: string;
  packageManager: PackageManager;
  /** Relative to `path`, sorted. */
  files: string[];
}
