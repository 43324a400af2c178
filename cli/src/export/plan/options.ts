import type { BuildOptions, BuildResult } from 'esbuild';
import type { TargetHost } from '../source/host/readHost';
import type { LockfileReader } from '../source/lockfile/readLockfile';
import type { OverridePatterns } from './overrides';

/** Complete options of one export; every path absolute. */
export interface ExportOptions {
  /** Folder that relative targets and specs are resolved from. */
  cwd: string;
  /** What to export: nothing for the package in `cwd`, a path (`./x`, `/x`), or a spec (`@scope/name[@range]`). */
  target?: string;
  /** Of a spec, the integrity that the registry is to list for it; it is then fetched even where it is installed. */
  integrity?: string;
  /** Output folder; by default `dist-dynamic` in the package folder, for a spec in `cwd`. */
  out?: string;
  /** Also write `<name>-<version>.tgz` beside the output folder. */
  pack: boolean;
  /** Start the finished bundle on a test host, in a clean child process, before it is put in place. Default: true. */
  startCheck?: boolean;
  /** @deprecated Use {@link startCheck}. */
  verify?: boolean;
  /** The portal that the bundle is for, see `readHost`; without it, any of the plugin's Backstage release. */
  host?: TargetHost;
  /** Package names or patterns that are decided otherwise than the packager would. */
  overrides?: OverridePatterns;
  /** An override that matches no package of this plugin is a warning in the result instead of an error. */
  partOfMany?: boolean;
  /** Explain the decision about this package in the result, about all for `''`. */
  explain?: string;
  /**
   * Let source maps lead to the source by where it lies on this machine, for debuggers and stack traces. What another
   * machine exports is then another bundle.
   */
  localSources?: boolean;
  /** Shared among the exports of one plugin, so that what did not change is not built anew. */
  rebuilds?: Builder;
  /** Shared among the exports of one run, so that they read a lockfile once. */
  lockfiles?: LockfileReader;
  /** Aborting removes everything that was written so far. */
  signal?: AbortSignal;
  /** Called when a step starts, e.g. `('bundle', '@scope/x')`. */
  onStep?: (step: ExportStep, detail: string) => void;
  /** Told the absolute paths that the bundle is made from: bundled files, and folders that files are copied from. */
  onInputs?: (paths: string[]) => void;
}

/** Options of a build whose files are taken from memory. */
export type InMemoryOptions = BuildOptions & { metafile: true; write: false };

/** Runs esbuild, see `Rebuilds`. */
export interface Builder {
  /** What the plugins of `options` do must follow from `key` and the rest of the options. */
  build(options: InMemoryOptions, key: unknown): Promise<BuildResult<InMemoryOptions>>;
}

/** The steps of an export in order. */
export type ExportStep = 'fetch' | 'plan' | 'bundle' | 'hoist' | 'describe' | 'start check' | 'pack';
