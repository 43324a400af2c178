import { StagedoorError } from '@stagedoor/bundle';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isLoopback } from '../http/dispatcher';

/** Where a portal is, and who talks to it. */
export interface PortalAddress {
  /** Of the admin API, without a trailing slash. */
  api: string;
  /** Bearer token of a user or a service. */
  token?: string;
}

/** What a command line and its environment say of a portal. */
export interface PortalSettings {
  /** URL of the portal, e.g. `https://portal.example.com`; without one, `STAGEDOOR_PORTAL`. */
  portal?: string;
  /** File that holds the token. */
  tokenFile?: string;
  /** Read the token from standard input. */
  tokenStdin: boolean;
  /** Allow plain http to other machines. */
  insecure: boolean;
}

const API = '/api/dynamic-plugins/v1';

/**
 * The portal that a command is for. A token is never an argument: every user of the machine can read those. Throws USAGE for no
 * portal, one that is not an http(s) URL, plain http to another machine, and a token file that cannot be read.
 */
export async function portalAddress(
  settings: PortalSettings,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<PortalAddress> {
  const location = settings.portal ?? env.STAGEDOOR_PORTAL;
  if (!location)
    throw new StagedoorError('USAGE', 'No portal is given.', {
      hint: 'Add --portal https://portal.example.com, or set STAGEDOOR_PORTAL.',
    });
  const url = URL.canParse(location) ? new URL(location) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new StagedoorError('USAGE', `${location} is not the URL of a portal.`, {
      hint: 'Give an address like https://portal.example.com.',
    });
  }
  if (url.username || url.password) {
    throw new StagedoorError('USAGE', 'The URL of the portal contains credentials.', {
      hint: 'Set STAGEDOOR_TOKEN, or use --token-file or --token-stdin.',
    });
  }
  const token = await tokenOf(settings, env, cwd);
  if (token && url.protocol === 'http:' && !isLoopback(url.hostname) && !settings.insecure) {
    throw new StagedoorError('USAGE', `The token would be sent to ${url.host} unencrypted.`, {
      hint: 'Use https, or allow plain http with --insecure.',
    });
  }
  return { api: url.origin + url.pathname.replace(/\/+$/, '') + API, token };
}

async function tokenOf(
  { tokenFile, tokenStdin }: PortalSettings,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<string | undefined> {
  const token = tokenStdin
    ? await text(process.stdin)
    : tokenFile === undefined
      ? env.STAGEDOOR_TOKEN
      : await tokenIn(resolve(cwd, tokenFile));
  // A header cannot contain a line break, and files end with one.
  return token?.trim() || undefined;
}

async function tokenIn(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new StagedoorError('USAGE', `The token file cannot be read: ${(cause as Error).message}`, {
      cause,
      hint: 'Check --token-file.',
    });
  }
}
