import {
  checkFiles,
  digestOf,
  listBundleFiles,
  readManifest,
  readPackageJson,
  verifySignatures,
  type PublicKey,
} from '@stagedoor/bundle';

/** A package whose files match its manifest. */
export interface CheckedPackage {
  name: string;
  version: string;
  /** Hex digest over its files. */
  content: string;
  /** Ids of the trusted keys that signed it, where some are trusted. */
  signedBy?: string[];
}

/**
 * Reads a package folder and, if it has a manifest, compares its files with that; with `trusted` keys, one of them must have
 * signed the manifest. Throws PACKAGE_JSON_*, MANIFEST_*, DIGEST_MISMATCH, ARCHIVE_UNSAFE, SIGNATURE_*.
 */
export async function checkPackage(dir: string, trusted: readonly PublicKey[] | undefined): Promise<CheckedPackage> {
  const { name, version } = await readPackageJson(dir);
  const signed = trusted && (await verifySignatures(dir, trusted));
  const manifest = signed?.manifest ?? (await readManifest(dir));
  const files = await listBundleFiles(dir);
  if (manifest) checkFiles(manifest, files);
  return { name, version, content: digestOf(files), ...(signed && { signedBy: signed.signedBy }) };
}
