import {
  checkFiles,
  listBundleFiles,
  readManifest,
  readSignatures,
  verifySignatures,
  type PublicKey,
  manifestMissing,
} from '@stagedoor/bundle';
import { withBundle, type OpenOptions } from '../bundles/openBundle';

/** A bundle whose files are those of its manifest. */
export interface CheckedBundle {
  name: string;
  version: string;
  digest: string;
  /** Number of files that were checked. */
  files: number;
  /** Ids of the trusted keys that signed it, sorted; undefined if no key was given to check with. */
  signedBy?: string[];
  /** Ids of keys that claim to have signed it and were not checked. */
  unchecked: string[];
}

/**
 * Checks every file of the bundle `target` against its manifest, missing and additional ones included, and, where keys
 * are trusted, that one of them signed it. Throws MANIFEST_MISSING, DIGEST_MISMATCH, ARCHIVE_*, SIGNATURE_*.
 */
export async function verifyTarget(
  target: string,
  trusted: readonly PublicKey[],
  options: OpenOptions,
): Promise<CheckedBundle> {
  return withBundle(target, options, async ({ dir }) => {
    const signed = trusted.length > 0 ? await verifySignatures(dir, trusted) : undefined;
    const manifest = signed?.manifest ?? (await readManifest(dir));
    if (!manifest) throw manifestMissing(target);
    checkFiles(manifest, await listBundleFiles(dir));
    const { name, version, digest, files } = manifest;
    const unchecked = signed?.unknown ?? (await readSignatures(dir)).map(({ keyId }) => keyId);
    return { name, version, digest, files: files.length, ...(signed && { signedBy: signed.signedBy }), unchecked };
  });
}
