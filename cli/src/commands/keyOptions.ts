import type { Options } from 'yargs';
import { PASSPHRASE_VARIABLE, type PassphraseSource } from '../signing/passphrase';
import { givenTwice } from './errors';

/** How a passphrase is given; there is no option for the passphrase itself: arguments are visible to other processes. */
export const passphraseFileOption = {
  type: 'string',
  requiresArg: true,
  describe: `File that holds the passphrase of the private key; without it ${PASSPHRASE_VARIABLE}, then a prompt`,
} as const satisfies Options;

/** Where this process takes a passphrase from. */
export function passphraseSource(file: string | undefined, signal: AbortSignal): PassphraseSource {
  const terminal = process.stdin.isTTY ? { input: process.stdin, output: process.stderr } : undefined;
  return { cwd: process.cwd(), file, env: process.env, terminal, signal };
}

/** The value of an option that takes one; the parser makes a list of several. Throws USAGE. */
export function once<T extends string | undefined>(name: string, value: T): T {
  if (Array.isArray(value)) throw givenTwice(name);
  return value;
}
