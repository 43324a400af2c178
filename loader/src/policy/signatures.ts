import type { StagedoorError } from '@stagedoor/bundle';
import {
  checkFiles,
  isStagedoorError,
  listFiles,
  readSignatures,
  signatureMissing,
  verifySignatures,
} from '@stagedoor/bundle';
import type { SignatureSettings, UnsignedPackage } from '../settings/signatures';
import type { StagedBundle } from '../stage/stagedBundle';
import { matchesName } from './packageRules';

/** The result of the signature check of a bundle. */
export interface SignatureVerdict {
  /** `good`: at least one trusted key signed the staged copy. */
  verdict: 'good' | 'missing' | 'untrusted' | 'invalid';
  /** Ids of the trusted keys that signed. */
  signedBy: string[];
  /** Ids of keys that are not trusted; their signatures were not checked. */
  unknown: string[];
}

/** A verdict with its error; none if it is good. */
interface Judged {
  verdict: SignatureVerdict;
  fault?: StagedoorError;
}

const VERDICTS: Record<string, SignatureVerdict['verdict']> = {
  MANIFEST_MISSING: 'missing',
  SIGNATURE_MISSING: 'missing',
  SIGNATURE_UNTRUSTED: 'untrusted',
};

/**
 * Reads manifest, signatures and files of a staged copy and checks whether a trusted key signed all of it. The checked copy
 * is the one that runs, so nothing can change in between. Errors: SIGNATURE_MISSING, SIGNATURE_UNTRUSTED, SIGNATURE_INVALID,
 * DIGEST_MISMATCH.
 */
export async function judgeSignatures(dir: string, name: string, settings: SignatureSettings): Promise<Judged> {
  try {
    const { signedBy, unknown, manifest } = await verifySignatures(dir, settings.trustedKeys);
    checkFiles(manifest, await listFiles(dir));
    return { verdict: { verdict: 'good', signedBy, unknown } };
  } catch (error) {
    if (!isStagedoorError(error)) throw error;
    const verdict = VERDICTS[error.code] ?? 'invalid';
    const unknown = verdict === 'untrusted' ? (await readSignatures(dir)).map(({ keyId }) => keyId) : [];
    // Without a manifest there is nothing to sign.
    const fault = error.code === 'MANIFEST_MISSING' ? signatureMissing(name) : error;
    return { verdict: { verdict, signedBy: [], unknown: unknown.sort() }, fault };
  }
}

/**
 * The entry of `allowUnsigned` that excuses a missing or untrusted signature: it is for packages whose author does not sign,
 * or whose key is unknown here. A false signature is never excused, because it indicates tampering.
 */
export function excuseFor(
  fault: StagedoorError,
  { name, digest }: Pick<StagedBundle, 'name' | 'digest'>,
  { allowUnsigned }: SignatureSettings,
): UnsignedPackage | undefined {
  if (fault.code !== 'SIGNATURE_MISSING' && fault.code !== 'SIGNATURE_UNTRUSTED') return undefined;
  const means = (listed: UnsignedPackage): boolean => !listed.name.includes('*') && matchesName(listed.name, name);
  const named = allowUnsigned.filter(means);
  return named.find((listed) => listed.digest === digest) ?? named.find((listed) => listed.digest === undefined);
}
