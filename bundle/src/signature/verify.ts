import { verify } from 'node:crypto';
import type { BundleManifest } from '../manifest';
import { signatureUntrusted, signatureOfOtherBundle, signatureMissing } from './errors';
import type { PublicKey } from './keys';
import { readSignatures } from './signatureFile';
import { readStatement } from './statement';

/** The result of checking the signatures of a bundle. */
export interface VerifiedSignatures {
  /** Ids of the trusted keys that signed, sorted; at least one. */
  signedBy: string[];
  /** Ids of other keys; their signatures were not checked. */
  unknown: string[];
  /** The manifest that was signed, as it was read for the check. */
  manifest: BundleManifest;
}

/**
 * Checks that at least one of the `trusted` keys signed the manifest of the bundle folder `dir`, and that no signature in
 * the name of a trusted key is false. The manifest covers the files only together with `checkFiles`, which the
 * caller runs with the manifest returned. Throws SIGNATURE_MISSING, SIGNATURE_INVALID, SIGNATURE_UNTRUSTED,
 * MANIFEST_MISSING, MANIFEST_INVALID, FORMAT_UNSUPPORTED.
 */
export async function verifySignatures(dir: string, trusted: readonly PublicKey[]): Promise<VerifiedSignatures> {
  const { manifest, bytes } = await readStatement(dir);
  const signatures = await readSignatures(dir);
  const who = `${manifest.name}@${manifest.version}`;
  if (signatures.length === 0) throw signatureMissing(who);
  const keys = new Map(trusted.map(({ keyId, key }) => [keyId, key]));
  const signedBy: string[] = [];
  const unknown: string[] = [];
  for (const { keyId, signature } of signatures) {
    const key = keys.get(keyId);
    if (!key) unknown.push(keyId);
    else if (verify(null, bytes, key, Buffer.from(signature, 'base64'))) signedBy.push(keyId);
    else throw signatureOfOtherBundle(who, keyId);
  }
  if (signedBy.length === 0) {
    throw signatureUntrusted(who, unknown);
  }
  return { signedBy: signedBy.sort(), unknown: unknown.sort(), manifest };
}
