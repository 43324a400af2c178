import { exportPKCS8, exportSPKI, generateKeyPair, type KeyLike } from 'jose';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A portal's own signing key, known to the test, and the config that makes the portal use it. */
export interface SigningKeys {
  privateKey: KeyLike;
  keyId: string;
  /** `auth.keyStore` in app-config (auth-backend `StaticKeyStore`). */
  keyStore: Record<string, unknown>;
}

/** Makes an ES256 key pair and writes it into `dir`. */
export async function makeSigningKeys(dir: string): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const keyId = 'key-of-the-portal';
  const publicKeyFile = join(dir, 'public.pem');
  const privateKeyFile = join(dir, 'private.pem');
  await writeFile(publicKeyFile, await exportSPKI(publicKey));
  await writeFile(privateKeyFile, await exportPKCS8(privateKey));
  return {
    privateKey,
    keyId,
    keyStore: { provider: 'static', static: { keys: [{ keyId, publicKeyFile, privateKeyFile, algorithm: 'ES256' }] } },
  };
}
