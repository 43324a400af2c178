import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { noCertificate, certificatesUnreadable } from './errors';

/** The authorities that Node.js knows, and those in the PEM file `file`, as TLS takes them. Throws CA_INVALID. */
export async function authoritiesWith(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw certificatesUnreadable(file, cause);
  });
  // TLS silently treats text without certificates as an empty list.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw noCertificate(file);
  }
  return [...rootCertificates, text];
}
