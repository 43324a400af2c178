import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '@backstage/config';
import { readPublicKey, type PublicKey } from '@stagedoor/bundle';
import { keyUnreadable } from './errors';
import { findingOf, type Finding } from './finding';

const MODE = 'dynamicPlugins.signatures.mode';
const KEYS = 'dynamicPlugins.signatures.trustedKeys';
const MODES = ['off', 'warn', 'require'];

/** Findings about the signature policy and its trusted keys; none if it requires no signatures. */
export async function examineSignatures(
  config: Config,
  dir: string,
): Promise<{ trusted: PublicKey[]; findings: Finding[] }> {
  const mode = config.getOptional(MODE) ?? 'off';
  const findings: Finding[] = [];
  if (!MODES.includes(String(mode))) {
    const message = `It is ${JSON.stringify(mode)}.`;
    findings.push({
      level: 'error',
      subject: MODE,
      message,
      fix: `Set it to one of ${MODES.join(', ')}.`,
      code: 'SETTING_INVALID',
    });
  }
  if (mode === 'off') {
    const message =
      'Bundles need no signature, so everybody who can write to the root directory can run code in the portal.';
    const fix = 'Create a key with `stagedoor keygen`, sign bundles with it, trust it, and set the mode to require.';
    findings.push({ level: 'warning', subject: MODE, message, fix });
  }
  const listed = config.getOptional(KEYS) ?? [];
  const texts = Array.isArray(listed) ? listed.filter((key) => typeof key === 'string') : [];
  if (mode === 'require' && texts.length === 0) {
    const message = 'No key is trusted, so no bundle can run.';
    findings.push({
      level: 'error',
      subject: KEYS,
      message,
      fix: 'List at least one public key.',
      code: 'SETTING_INVALID',
    });
  }
  const trusted: PublicKey[] = [];
  for (const text of texts) {
    try {
      trusted.push(await readKey(text, dir));
    } catch (error) {
      findings.push(findingOf(error, KEYS));
    }
  }
  return { trusted: mode === 'off' ? [] : trusted, findings };
}

async function readKey(text: string, dir: string): Promise<PublicKey> {
  if (text.includes('-----BEGIN')) return readPublicKey(text, 'A key');
  const file = resolve(dir, text);
  const pem = await readFile(file, 'utf8').catch((cause: Error) => {
    throw keyUnreadable(cause);
  });
  return readPublicKey(pem, file);
}
