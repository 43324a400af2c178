import type { BackstageRelease } from '@stagedoor/bundle';
import type { TargetHost } from '../export/source/host/readHost';
import type { Writers } from './access';
import type { Finding } from './finding';
import type { Processes } from './processes';

/** What is examined. */
export interface DoctorOptions {
  /** Folder that relative paths are resolved from. */
  cwd: string;
  /** A plugin package, or a folder with app-config.yaml; by default `cwd`. */
  folder?: string;
  /** Config files of a portal, as it is started with; by default those in the folder. */
  config: readonly string[];
  /** The portal that the plugin is to run in. */
  host?: TargetHost;
  signal?: AbortSignal;
}

/** What was examined and found; `--json` prints it as it is. */
export interface Diagnosis {
  /** Absolute. */
  folder: string;
  kinds: Array<'plugin' | 'portal'>;
  /** Of a portal whose config can be read: who may change its plugins. */
  writers?: Writers;
  /** Of a portal with plugins in processes of their own. */
  processes?: Processes;
  /** Errors first. */
  /** The release of Backstage that a portal is on; absent where that is unknown. */
  backstage?: BackstageRelease;
  findings: Finding[];
}
