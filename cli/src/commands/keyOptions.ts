import type { Options } from 'yargs';
import { PASSPHRASE_VARIABLE, type PassphraseSource } from '../signing/passphrase';
import { givenTwice } from './errors';

/** The passphrase option. The passphrase itself is never an option, because arguments are visible to other processes. */
export const passphraseFileOption = {
  type: 'string',
  requiresArg: true,
  describe: `File with the passphrase of the private key; default: ${PASSPHRASE_VARIABLE}, then a prompt`,
} as const satisfies Options;

/** The passphrase sources of this process. */
export function passphraseSource(file: string | undefined, signal: AbortSignal): PassphraseSource {
  const terminal = process.stdin.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
  return { cwd: process.cwd(), file, env: process.env, terminal, signal };
}

/** The value of an option that may occur once; the parser returns a list for several. Throws USAGE. */
export function once<T extends string | undefined>(name: string, value: T): T {
  if (Array.isArray(value)) throw givenTwice(name);
  return value;
}
