import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { passphraseEmpty, passphrasesDiffer, noTerminalForPassphrase, passphraseFileUnreadable } from './errors';
import { promptHidden, type Terminal } from './promptHidden';

/** The variable that holds the passphrase of a private key. */
export const PASSPHRASE_VARIABLE = 'STAGEDOOR_KEY_PASSPHRASE';

/** Where a passphrase may come from, in this order: a file, the environment, a person. Never an argument. */
export interface PassphraseSource {
  /** Folder that `file` is resolved from. */
  cwd: string;
  file?: string;
  env: NodeJS.ProcessEnv;
  /** Absent without a terminal. */
  terminal?: Terminal;
  signal: AbortSignal;
}

/**
 * The passphrase for the key `name`; `repeat` asks a person twice. A file's final line end does not count.
 * Throws PASSPHRASE_MISSING, also for an empty one, or PASSPHRASE_WRONG when the two entered differ.
 */
export async function readPassphrase(source: PassphraseSource, name: string, repeat: boolean): Promise<string> {
  const { cwd, file, env, terminal, signal } = source;
  if (file !== undefined) {
    const text = await readFile(resolve(cwd, file), 'utf8').catch((cause: Error) => {
      throw passphraseFileUnreadable(cause);
    });
    return notEmpty(text.replace(/\r?\n$/, ''), file);
  }
  const fromEnv = env[PASSPHRASE_VARIABLE];
  if (fromEnv !== undefined) return notEmpty(fromEnv, PASSPHRASE_VARIABLE);
  if (!terminal) {
    throw noTerminalForPassphrase(name);
  }
  const typed = notEmpty(await promptHidden(terminal, `Passphrase for ${name}: `, signal), 'The passphrase');
  if (repeat && (await promptHidden(terminal, 'Repeat the passphrase: ', signal)) !== typed) {
    throw passphrasesDiffer();
  }
  return typed;
}

function notEmpty(text: string, source: string): string {
  if (text === '') throw passphraseEmpty(source);
  return text;
}
