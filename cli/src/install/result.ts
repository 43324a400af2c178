/** One plugin of a list, after an install or, in a dry run, as one would leave it. */
export interface InstalledPlugin {
  action: 'added' | 'changed' | 'kept';
  /** As the list names it. */
  package: string;
  key: string;
  /** Exactly what was installed, for example an image with its digest. */
  identity: string;
  /** Absent in a dry run where only the package itself tells. */
  version?: string;
  /** Version that was installed before, of one that changed. */
  previous?: string;
  /** Name in the root directory; absent in a dry run for what is yet to be fetched. */
  entry?: string;
  /** Ids of the trusted keys that signed it, where signatures are required. */
  signedBy?: string[];
}

/** What {@link install} did, or in a dry run would do. */
export interface InstallResult {
  /** Absolute path of the root directory. */
  root: string;
  dryRun: boolean;
  /** Whether anything in the root directory changes. */
  changed: boolean;
  plugins: InstalledPlugin[];
  /** Names in the root directory that are no longer listed. */
  removed: string[];
  /** Packages that the list disables. */
  disabled: string[];
  appConfig: { file: string; changed: boolean };
  /** `written` is false for a dry run, a frozen one, a file that says that already, and a folder that cannot be written. */
  lockFile: { file: string; written: boolean };
  warnings: string[];
  durationMs: number;
}
