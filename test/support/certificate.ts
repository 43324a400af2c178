import { join } from 'node:path';
import { runProcess } from './childProcess';
import { debianProgram } from './debianProgram';

/** Files in PEM form. */
export interface Certificate {
  certificate: string;
  key: string;
}

/** Makes a certificate that vouches for itself, in `dir`; `names` as OpenSSL has them: `IP:127.0.0.1`, `DNS:example.test`. */
export async function makeCertificate(dir: string, ...names: string[]): Promise<Certificate> {
  const [certificate, key] = [join(dir, 'certificate.pem'), join(dir, 'key.pem')];
  const subject = ['-subj', '/CN=registry', '-addext', `subjectAltName=${names.join(',')}`];
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2'];
  const { code, stderr } = await runProcess(debianProgram('openssl'), [...args, ...subject]);
  if (code !== 0) throw new Error(stderr);
  return { certificate, key };
}
