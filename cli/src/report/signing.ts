import type { WrittenKeys } from '../signing/keyFiles';
import type { SignedBundle } from '../signing/signTarget';
import type { CheckedBundle } from '../signing/verifyTarget';

/** A new key pair, line by line. */
export function keyLines({ keyId, privateKey, publicKey, encrypted }: WrittenKeys): string[] {
  return [
    `key ${keyId}`,
    `  private   ${privateKey} (${encrypted ? 'encrypted' : 'NOT encrypted'}; keep it secret)`,
    `  public    ${publicKey} (for verification)`,
  ];
}

/** A signed bundle, line by line. */
export function signedLines({ name, version, digest, keyId, signatures, integrity }: SignedBundle): string[] {
  const others = signatures.filter((entry) => entry !== keyId);
  return [
    `signed ${name}@${version}`,
    `  digest    ${digest}`,
    `  key       ${keyId}`,
    ...(others.length > 0 ? [`  also by   ${others.join(', ')}`] : []),
    ...(integrity ? [`  integrity ${integrity}`] : []),
  ];
}

/** A bundle whose files were checked, line by line. */
export function checkedLines({ name, version, digest, files, signedBy, unchecked }: CheckedBundle): string[] {
  return [
    `${name}@${version}: ${files} files match the manifest`,
    `  digest    ${digest}`,
    ...(signedBy ? [`  signed by ${signedBy.join(', ')}`] : []),
    ...(unchecked.length > 0
      ? [`  unchecked signature${unchecked.length > 1 ? 's' : ''} of ${unchecked.join(', ')}`]
      : []),
    ...(!signedBy && unchecked.length > 0 ? ['  pass --key <public key> to check the signatures'] : []),
    ...(!signedBy && unchecked.length === 0 ? ['  not signed'] : []),
  ];
}
