import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { StagedoorError, type HostManifest } from '@stagedoor/bundle';
import * as z from 'zod';
import { errorText } from '../../../text/errorText';
import { ANSWER_LIMITS } from '../../../http/limits';
import { readBody } from '../../../http/readBody';
import { isAddress, send } from '../../../http/send';
import { readTokenFile } from '../../../http/tokenFile';

/** `GET /api/dynamic-plugins/v1/host`: what a portal is, and what it shares with bundles. */
const schema = z.looseObject({
  /** Release of Backstage, unknown to some portals. */
  backstage: z.string().optional(),
  /** Version of Node.js, without the `v`. */
  node: z.string(),
  platform: z.string(),
  arch: z.string(),
  /** Node's ABI number. */
  abi: z.string(),
  /** Versions of the shared packages by name. */
  shared: z.record(z.string(), z.string()),
  /** Versions of the packages that its app and frontend plugins have in common, by name. */
  app: z.record(z.string(), z.string()).optional(),
}) satisfies z.ZodType<HostManifest>;

/** The portal that a bundle is for, as it describes itself. */
export type TargetHost = HostManifest;

/** Where the description lies. */
export interface HostSource {
  /** A file, or the URL of the manifest or of the portal (`https://portal.example.com`). */
  location: string;
  /** File that holds the token for a URL; without one, `token`. */
  tokenFile?: string;
  /** Bearer token of a user of the portal. */
  token?: string;
}

const PATH = '/api/dynamic-plugins/v1/host';
const MAX_BYTES = 1024 * 1024;
const TIMEOUT_MS = 15_000;

/** Reads a host manifest; relative paths are taken from `cwd`. Throws HOST_UNREADABLE, USAGE for an unusable token file, or the reason of `signal`. */
export async function readHost(source: HostSource, cwd: string, signal?: AbortSignal): Promise<TargetHost> {
  const { location } = source;
  try {
    const text = isAddress(location)
      ? await fetchText(location, await tokenOf(source, cwd), signal)
      : await boundedFile(resolve(cwd, location));
    return schema.parse(JSON.parse(text));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof StagedoorError) throw error;
    throw unreadable(location, explain(error), undefined, error);
  }
}

async function fetchText(location: string, token: string | undefined, signal?: AbortSignal): Promise<string> {
  const url = new URL(location);
  if (url.pathname === '/') url.pathname = PATH;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const headers = { accept: 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const both = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const response = await send(url, { headers, retry: false }, { signal: both });
  if (!response.ok) {
    await response.body?.cancel();
    const refused = response.status === 401 || response.status === 403;
    throw unreadable(url.href, `the portal answers ${response.status}.`, refused ? tokenHint(token) : undefined);
  }
  const answer = await readBody(response, { shown: url.href, limits: ANSWER_LIMITS, tooLarge: 'HOST_UNREADABLE' });
  return answer.toString('utf8');
}

async function boundedFile(file: string): Promise<string> {
  const info = await stat(file);
  if (!info.isFile() || info.size > MAX_BYTES) {
    throw unreadable(file, `it is not a file of at most ${MAX_BYTES} bytes.`);
  }
  return await readFile(file, 'utf8');
}

async function tokenOf({ token, tokenFile }: HostSource, cwd: string): Promise<string | undefined> {
  return tokenFile === undefined ? token : await readTokenFile(resolve(cwd, tokenFile), '--host-token-file');
}

function tokenHint(token: string | undefined): string {
  return token
    ? 'Give a token that is still valid in STAGEDOOR_HOST_TOKEN or --host-token-file.'
    : 'Give the Backstage token of a signed-in user in STAGEDOOR_HOST_TOKEN or --host-token-file.';
}

function explain(error: unknown): string {
  if (error instanceof z.ZodError) return `not a host manifest: ${errorText(error)}`;
  if (error instanceof SyntaxError) return `it is not JSON: ${error.message}`;
  if ((error as Error).name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s.`;
  return errorText(error);
}

function unreadable(location: string, detail: string, hint?: string, cause?: unknown): StagedoorError {
  return new StagedoorError('HOST_UNREADABLE', `${location}: ${detail}`, { hint, cause });
}
