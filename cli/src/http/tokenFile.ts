import { readFile, stat } from 'node:fs/promises';
import { tokenFileUnusable } from './errors';

/** Tokens are some kilobytes at most; anything larger is another file. */
const MAX_BYTES = 64 * 1024;

/**
 * The token in `file`, the value of `option`. A token is never an argument: every user of the machine can read those. Throws USAGE
 * for a file that cannot be read, is not a regular file, or holds no single token.
 */
export async function readTokenFile(file: string, option: string): Promise<string> {
  let token: string;
  try {
    const info = await stat(file);
    // Pipes (`--token-file <(command)`) have no size.
    if (info.isDirectory() || info.size > MAX_BYTES) throw new Error(`it is not a file of at most ${MAX_BYTES} bytes`);
    token = (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw tokenFileUnusable(file, option, (cause as Error).message, cause);
  }
  // A header can contain neither; files end with a line break.
  if (token === '') throw tokenFileUnusable(file, option, 'it is empty');
  if (!/^[\x21-\x7e]+$/.test(token)) throw tokenFileUnusable(file, option, 'it holds more than one token');
  return token;
}
