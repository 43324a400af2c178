import {
  checkFiles,
  isStagedoorError,
  listBundleFiles,
  readManifest,
  readSignatures,
  startCheckOf,
  type BundleFile,
  type BundleManifest,
  manifestMissing,
} from '@stagedoor/bundle';
import { withBundle, type OpenOptions } from '../bundles/openBundle';
import { readSbom, type ListedPackages } from './readSbom';
import { bundleSize, type BundleSize } from './sizes';

/** The bill of materials in short. */
export interface SbomSummary {
  format: string;
  packages: number;
  inlined: number;
  hoisted: number;
  /** Number of packages by licence, most frequent first. */
  licences: Record<string, number>;
  withoutIntegrity: number;
}

/** Declared properties of a bundle; `files` and `faults` are measured. */
export interface Inspection extends Pick<
  BundleManifest,
  'name' | 'version' | 'role' | 'source' | 'host' | 'provides' | 'native' | 'digest' | 'tool'
> {
  startCheck: 'passed' | 'skipped';
  /** @deprecated Use {@link startCheck}; true if that is `passed`. */
  verified: boolean;
  /** Undefined if every file matches the manifest, otherwise the differences. */
  fault?: string;
  size: BundleSize;
  /** Claimed signatures; `stagedoor verify --key` checks them. */
  signatures: Array<{ keyId: string; algorithm: string }>;
  /** Undefined if the bundle has none that can be read. */
  sbom?: SbomSummary;
}

/**
 * Reads the properties of the bundle `target` without running any of it. Throws MANIFEST_MISSING, MANIFEST_INVALID,
 * SIGNATURE_INVALID for a malformed signature file, ARCHIVE_*, BUNDLE_NOT_FOUND, DOWNLOAD_FAILED.
 */
export async function inspectBundle(target: string, options: OpenOptions): Promise<Inspection> {
  return withBundle(target, options, async ({ dir }) => {
    const manifest = await readManifest(dir);
    if (!manifest) throw manifestMissing(target);
    const files = await listBundleFiles(dir);
    const [sbom, signatures] = await Promise.all([readSbom(dir), readSignatures(dir)]);
    const { name, version, role, source, host, provides, native, digest, tool } = manifest;
    const fault = faultOf(manifest, files);
    return {
      name,
      version,
      role,
      source,
      host,
      ...(provides && { provides }),
      ...(native && { native }),
      digest,
      tool,
      startCheck: startCheckOf(manifest),
      verified: startCheckOf(manifest) === 'passed',
      ...(fault !== undefined && { fault }),
      size: bundleSize(files, sbom),
      signatures: signatures.map(({ keyId, algorithm }) => ({ keyId, algorithm })),
      ...(sbom && { sbom: summary(sbom) }),
    };
  });
}

function faultOf(manifest: BundleManifest, files: readonly BundleFile[]): string | undefined {
  try {
    checkFiles(manifest, files);
    return undefined;
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    return error.message;
  }
}

function summary({ format, packages }: ListedPackages): SbomSummary {
  const counts = new Map<string, number>();
  for (const { licence } of packages) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const sorted = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const placed = (placement: string): number =>
    packages.filter(({ placements }) => placements.includes(placement)).length;
  return {
    format,
    packages: packages.length,
    inlined: placed('inlined'),
    hoisted: placed('hoisted'),
    licences: Object.fromEntries(sorted),
    withoutIntegrity: packages.filter(({ hashed }) => !hashed).length,
  };
}
