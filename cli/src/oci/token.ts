import { isStagedoorError, parseJson } from '@stagedoor/bundle';
import * as z from 'zod';
import { errorText } from '../text/errorText';
import { isSafe } from '../http/dispatcher';
import { ANSWER_LIMITS } from '../http/limits';
import { readBody } from '../http/readBody';
import { basicAuthorization, send, type HttpContext, type HttpRequest } from '../http/send';
import type { Credentials } from './credentialHelper';
import { registryFailed, tokenRefused, tokenServerUnsafe } from './errors';

const answer = z
  .looseObject({ token: z.string().optional(), access_token: z.string().optional() })
  .transform(({ token, access_token }) => token ?? access_token);

/**
 * Gets a bearer token for `scope` from where a challenge says: with an identity token as OAuth 2 has it, else with user and
 * password, else for anybody. Throws REGISTRY_UNAUTHORIZED or REGISTRY_FAILED.
 */
export async function fetchToken(
  { realm = '', service }: Record<string, string>,
  scope: string,
  credentials: Credentials | undefined,
  context: HttpContext,
): Promise<string> {
  const address = parseRealm(realm, context);
  const fields = new URLSearchParams({ ...(service !== undefined && { service }), scope });
  let request: HttpRequest;
  if (credentials?.identityToken !== undefined) {
    const grant = { grant_type: 'refresh_token', client_id: 'stagedoor', refresh_token: credentials.identityToken };
    for (const [name, value] of Object.entries(grant)) fields.set(name, value);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    // A redirect would take the token along in the body, wherever it leads.
    request = { method: 'POST', headers, body: fields.toString(), redirect: 'manual' };
  } else {
    for (const [name, value] of fields) address.searchParams.set(name, value);
    request = credentials
      ? { headers: { authorization: basicAuthorization(credentials.user, credentials.password) } }
      : {};
  }
  return await askForToken(address, request, context);
}

/** Credentials go to the realm, so it must be as safe as a registry. */
function parseRealm(realm: string, { insecure }: HttpContext): URL {
  const address = URL.canParse(realm) ? new URL(realm) : undefined;
  const plain = address && /^https?:$/.test(address.protocol) && !address.username && !address.password;
  if (plain && isSafe(address, insecure)) return address;
  throw tokenServerUnsafe(realm);
}

async function askForToken(address: URL, request: HttpRequest, context: HttpContext): Promise<string> {
  const shown = `${address.origin}${address.pathname}`;
  try {
    const response = await send(address, request, context);
    const body = await readBody(response, { shown, limits: ANSWER_LIMITS, tooLarge: 'REGISTRY_FAILED' });
    if (response.status >= 300 && response.status < 400) throw new Error('it redirects a request with credentials');
    if (!response.ok) {
      throw tokenRefused(shown, response.status);
    }
    const token = answer.parse(parseJson(body.toString('utf8')));
    if (token) return token;
    throw new Error('its answer holds no token');
  } catch (cause) {
    context.signal?.throwIfAborted();
    if (isStagedoorError(cause)) throw cause;
    throw registryFailed(shown, errorText(cause), cause);
  }
}
