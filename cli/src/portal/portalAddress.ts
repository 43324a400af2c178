import { StagedoorError } from '@stagedoor/bundle';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { isSafe } from '../http/dispatcher';
import { readTokenFile } from '../http/tokenFile';

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
 * The portal that a command operates. Throws USAGE for no portal, one that is not an http(s) URL, plain http to another machine, and
 * an unusable token file.
 */
export async function portalAddress(
  settings: PortalSettings,
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<PortalAddress> {
  const location = settings.portal ?? env.STAGEDOOR_PORTAL;
  if (!location) {
    throw new StagedoorError('USAGE', 'No portal is given.', {
      hint: 'Add --portal https://portal.example.com, or set STAGEDOOR_PORTAL.',
    });
  }
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
  if (token && !isSafe(url, settings.insecure)) {
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
  let token = env.STAGEDOOR_TOKEN;
  if (tokenStdin) token = await text(process.stdin);
  else if (tokenFile !== undefined) token = await readTokenFile(resolve(cwd, tokenFile), '--token-file');
  // A header cannot contain a line break, and files end with one.
  return token?.trim() || undefined;
}
