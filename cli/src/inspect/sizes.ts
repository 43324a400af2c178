import type { BundleFile } from '@stagedoor/bundle';
import type { ListedPackages } from './readSbom';

/** Size of one package in a bundle: its share of the output, and the files below its own folders. */
export interface PackageSize {
  name: string;
  version: string;
  placements: string[];
  bytes: number;
  reason?: string;
}

/** Size of a bundle by part; the parts add up to `bytes`. */
export interface BundleSize {
  bytes: number;
  files: number;
  /** The plugin's own code in the output. */
  own: number;
  /** Heaviest first. */
  packages: PackageSize[];
  sourceMaps: number;
  /** Published files, schemas, licences, what the bundler adds. */
  rest: number;
}

/** Splits the size of a bundle by package. Without a bill of materials, only source maps are counted separately. */
export function bundleSize(files: readonly BundleFile[], sbom: ListedPackages | undefined): BundleSize {
  const bytes = sum(files.map(({ size }) => size));
  const sourceMaps = sum(files.filter(({ path }) => /^dist\/.*\.map$/.test(path)).map(({ size }) => size));
  const folders = new Map<string, number>();
  sbom?.packages.forEach(({ paths }, index) => paths.forEach((path) => folders.set(path, index)));
  const below = new Map<number, number>();
  for (const { path, size } of files) {
    const owner = ownerOf(path, folders);
    if (owner !== undefined) below.set(owner, (below.get(owner) ?? 0) + size);
  }
  const packages = (sbom?.packages ?? []).map(({ name, version, placements, inlinedBytes, reason }, index) => ({
    name,
    version,
    placements,
    bytes: inlinedBytes + (below.get(index) ?? 0),
    ...(reason !== undefined && { reason }),
  }));
  packages.sort((a, b) => b.bytes - a.bytes || (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1));
  const own = sbom?.ownBytes ?? 0;
  const rest = bytes - own - sourceMaps - sum(packages.map((entry) => entry.bytes));
  return { bytes, files: files.length, own, packages, sourceMaps, rest };
}

/** The package whose folder holds `path`; of nested ones the innermost. */
function ownerOf(path: string, folders: ReadonlyMap<string, number>): number | undefined {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const owner = folders.get(path.slice(0, end));
    if (owner !== undefined) return owner;
  }
  return undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
