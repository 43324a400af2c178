import type { PublicKey } from '@stagedoor/bundle';
import type { RhdhSettings } from './rhdhSettings';
import type { CatalogImages, Source } from './source';

/** What an install does and has done, as it goes. Bytes are of the archives, as far as their sizes are known. */
export type InstallProgress =
  | { step: 'waiting' }
  | { step: 'resolving'; plugins: number }
  | { step: 'fetching'; plugins: number }
  | { step: 'bytes'; done: number; total: number }
  | { step: 'fetched'; package: string; version: string; done: number; plugins: number };

/** Options of {@link install}. */
export interface InstallOptions {
  /** Folder that the paths below are resolved from. */
  cwd: string;
  /** The list of plugins. */
  config: string;
  /** The root directory of a portal; made where it is not there. */
  root: string;
  /** Where packages come from, the first that accepts one. */
  sources: readonly Source[];
  /** Only report what would change. */
  dryRun?: boolean;
  /** Fail if anything differs from the lock file. */
  frozen?: boolean;
  /** Keys of which one must have signed every package; absent if signatures do not matter. */
  trusted?: readonly PublicKey[];
  /** Passed on to the sources. */
  insecure?: boolean;
  /** Passed on to the sources: absolute path of a file with certificate authorities. */
  ca?: string;
  signal?: AbortSignal;
  onProgress?(progress: InstallProgress): void;
  /** How long to wait for another install on the same root directory, in milliseconds. Default: ten minutes. */
  lockTimeoutMs?: number;
  /** What the environment variables of RHDH's installer say. */
  rhdh?: RhdhSettings;
  /** Where images of catalog indexes come from; needed where `rhdh` names one. */
  catalogs?: CatalogImages;
}
