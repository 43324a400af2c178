import {
  StagedoorError,
  checkFiles,
  isStagedoorError,
  listFiles,
  readSignatures,
  verifySignatures,
} from '@stagedoor/bundle';
import type { SignatureSettings, UnsignedPackage } from '../settings/signatures';
import type { StagedBundle } from '../stage/stagedBundle';
import { matchesName } from './packageRules';

/** What the signatures of a bundle came to. */
export interface SignatureVerdict {
  /** `good`: at least one trusted key signed what is run. */
  verdict: 'good' | 'missing' | 'untrusted' | 'invalid';
  /** Ids of the trusted keys that signed. */
  signedBy: string[];
  /** Ids of keys that are not trusted; their signatures were not checked. */
  unknown: string[];
}

/** A verdict with the fault behind it; none where it is good. */
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
 * Reads manifest, signatures and files of a staged copy and tells whether a trusted key vouches for all of it. The copy is
 * what is run, so nothing can come between this look and the run. Faults: SIGNATURE_MISSING, SIGNATURE_UNTRUSTED,
 * SIGNATURE_INVALID, DIGEST_MISMATCH.
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
    // Without a manifest there is nothing that could be signed.
    const fault =
      error.code === 'MANIFEST_MISSING' ? new StagedoorError('SIGNATURE_MISSING', `${name} is not signed.`) : error;
    return { verdict: { verdict, signedBy: [], unknown: unknown.sort() }, fault };
  }
}

/**
 * The entry of `allowUnsigned` by which the operator lives with a fault of the signatures: it is for packages whose maker
 * does not sign, or whose key is not known here; a signature that is false speaks of tampering.
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
