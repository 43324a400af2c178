import type { InstalledPackage } from '../installedPackage';

/** A lockfile as the bundle manifest names it. */
export type LockfileKind = 'npm' | 'yarn-classic' | 'yarn-berry' | 'pnpm';

/** One package as a lockfile fixes it. */
export interface Locked {
  /** Exact version; undefined for a folder (`workspace:`, `link:`, `portal:`), whose files are taken as they are. */
  version?: string;
  /** The package's own name, where the lockfile says it: under an alias it differs from the name imported. */
  name?: string;
  /** Subresource integrity (`sha512-…`), where the lockfile has one in that form. */
  integrity?: string;
  /** What Yarn berry has instead: `<cache key>/<sha512>` of the zip file that it makes of the package. */
  checksum?: string;
}

/** One package importing another, as found in a bundle. */
export interface PackageImport {
  /** Undefined where nothing imports it: the plugin itself. */
  from?: InstalledPackage;
  /** The name that is written in the import. */
  name: string;
  to: InstalledPackage;
}

/** What a lockfile says, whatever its format. */
export interface Lockfile {
  kind: LockfileKind;
  /** Absolute path. */
  file: string;
  /** The entries that the import may mean; none where the lockfile does not know the package. */
  locked(link: PackageImport): Locked[];
  /** Every version of a package in it, for messages. */
  versionsOf(name: string): string[];
}

/** Groups values by key, in the order they come. */
export function grouped<T>(entries: Iterable<readonly [string, T]>): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of entries) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** The different versions among lockfile entries. */
export function versions(entries: readonly Locked[] = []): string[] {
  return [...new Set(entries.flatMap(({ version }) => version ?? []))];
}
