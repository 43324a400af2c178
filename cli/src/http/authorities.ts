import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { StagedoorError } from '@stagedoor/bundle';

/** The authorities that Node.js knows, and those in the PEM file `file`, as TLS takes them. Throws CA_INVALID. */
export async function authoritiesWith(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new StagedoorError('CA_INVALID', `${file} cannot be read: ${cause.message}`, { cause });
  });
  // TLS takes text without certificates for none at all, and nothing would tell.
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new StagedoorError('CA_INVALID', `${file} holds no certificate in PEM form.`);
  }
  return [...rootCertificates, text];
}
