import { spawn } from 'node:child_process';
import { parseJson } from '@stagedoor/bundle';
import * as z from 'zod';
import { credentialHelperFailed } from './errors';

/** What is known of a user at a registry. */
export interface Credentials {
  user: string;
  password: string;
  /** Stands for user and password where a registry hands out tokens. */
  identityToken?: string;
}

const TIMEOUT_MS = 15_000;
const MAX_OUTPUT = 64 * 1024;

/** What helpers answer for a registry that they know nothing about. */
const NOT_FOUND = /credentials not found in native keychain/;

const answer = z.looseObject({ Username: z.string(), Secret: z.string() });

/**
 * Asks `docker-credential-<name>` for a registry, as docker does: without a shell, with limits of 15 seconds and 64 kB.
 * Undefined if it has no entry. Throws CREDENTIALS_UNREADABLE.
 */
export async function askHelper(
  name: string,
  registry: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  if (!/^[A-Za-z0-9._-]+$/.test(name)) throw credentialHelperFailed(JSON.stringify(program), 'its name is invalid');
  const { code, output } = await run(program, registry, env);
  if (code !== 0) {
    if (NOT_FOUND.test(output)) return undefined;
    throw credentialHelperFailed(program, `it ended with ${code}: ${output.trim().slice(0, 500)}`);
  }
  let parsed;
  try {
    parsed = answer.parse(parseJson(output));
  } catch (cause) {
    // The answer contains a secret: none of it is shown.
    throw credentialHelperFailed(program, 'its answer is not {"Username": …, "Secret": …}', cause);
  }
  const { Username: user, Secret: secret } = parsed;
  if (user === '<token>') return { user, password: '', identityToken: secret };
  return { user, password: secret };
}

async function run(
  program: string,
  registry: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
  const ended = new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    let output = '';
    child.once('error', (cause) => reject(credentialHelperFailed(program, cause.message, cause)));
    // It may end without having read its input.
    child.stdin.on('error', () => undefined);
    child.stdin.end(registry);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > MAX_OUTPUT) child.kill('SIGKILL');
    });
    child.once('close', (code) => resolve({ code, output: output.slice(0, MAX_OUTPUT) }));
  });
  return await ended.finally(() => clearTimeout(timer));
}
