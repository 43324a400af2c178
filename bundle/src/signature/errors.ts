import { StagedoorError } from '../error';

export function privateKeyGiven(source: string): StagedoorError {
  return new StagedoorError('KEY_INVALID', `${source} contains a private key where a public key is expected.`, {
    hint: 'Pass the public key, the .pub.pem file that `stagedoor keygen` wrote, and keep the private key secret.',
  });
}

export function passphraseWrong(source: string, cause: unknown): StagedoorError {
  return new StagedoorError('PASSPHRASE_WRONG', `The passphrase does not open ${source}.`, { cause });
}

export function keyUnreadable(source: string, kind: 'public' | 'private', cause: unknown): StagedoorError {
  return new StagedoorError('KEY_INVALID', `${source} is not a ${kind} key in PEM format.`, { cause });
}

export function keyTypeUnsupported(source: string, type: string | undefined): StagedoorError {
  return new StagedoorError('KEY_INVALID', `${source} is a key of type ${type}, not ed25519.`);
}

export function signatureFileInvalid(file: string, why: string, cause?: unknown): StagedoorError {
  return new StagedoorError('SIGNATURE_INVALID', `${file}${why}`, { cause });
}

export function signatureMissing(who: string): StagedoorError {
  return new StagedoorError('SIGNATURE_MISSING', `${who} is not signed.`);
}

export function signatureOfOtherBundle(who: string, keyId: string): StagedoorError {
  return new StagedoorError('SIGNATURE_INVALID', `${who}: the signature of key ${keyId} does not match this bundle.`);
}

export function signatureUntrusted(who: string, keyIds: string[]): StagedoorError {
  return new StagedoorError('SIGNATURE_UNTRUSTED', `${who} is signed only by ${keyIds.join(', ')}.`, {
    details: { keyIds },
  });
}
