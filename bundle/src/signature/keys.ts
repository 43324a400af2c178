import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { StagedoorError } from '../error';
import { keyTypeUnsupported, keyUnreadable, passphraseWrong, privateKeyGiven } from './errors';

/** An Ed25519 public key and its id. */
export interface PublicKey {
  /** Hex sha256 of the key in SPKI DER form. */
  keyId: string;
  key: KeyObject;
}

/** A decrypted Ed25519 private key, with the id of its public key. */
export interface PrivateKey {
  keyId: string;
  key: KeyObject;
}

/** A new pair in PEM format. */
export interface KeyPairPem {
  /** PKCS#8, encrypted if a passphrase was given. */
  privateKey: string;
  /** SPKI. */
  publicKey: string;
  keyId: string;
}

/** Makes an Ed25519 key pair; the private key is encrypted (AES-256) unless `passphrase` is undefined. */
export function generateKeys(passphrase: string | undefined): KeyPairPem {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    keyId: keyIdOf(publicKey),
  };
}

/** Reads an SPKI public key in PEM format; `source` names it in errors. Throws KEY_INVALID, also for a private key. */
export function readPublicKey(pem: string, source: string): PublicKey {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw privateKeyGiven(source);
  }
  const key = ed25519(() => createPublicKey(pem), source, 'public');
  return { keyId: keyIdOf(key), key };
}

/** True for a PEM that requires a passphrase. */
export function isEncryptedKey(pem: string): boolean {
  return /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem);
}

/**
 * Reads a PKCS#8 private key in PEM format; `source` names it in errors.
 * Throws KEY_INVALID, or PASSPHRASE_WRONG for an encrypted key that does not open.
 */
export function readPrivateKey(pem: string, source: string, passphrase?: string): PrivateKey {
  const open = (): KeyObject => {
    try {
      return createPrivateKey({ key: pem, passphrase });
    } catch (cause) {
      if (!isEncryptedKey(pem)) throw cause;
      throw passphraseWrong(source, cause);
    }
  };
  const key = ed25519(open, source, 'private');
  return { keyId: keyIdOf(createPublicKey(key)), key };
}

function ed25519(open: () => KeyObject, source: string, kind: 'public' | 'private'): KeyObject {
  let key: KeyObject;
  try {
    key = open();
  } catch (cause) {
    if (cause instanceof StagedoorError) throw cause;
    throw keyUnreadable(source, kind, cause);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw keyTypeUnsupported(source, key.asymmetricKeyType);
  }
  return key;
}

function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
