import { basicAuthorization } from '../http/send';
import { isSafe } from '../http/dispatcher';
import { registryOf, type NpmSettings } from './npmSettings';

/** What an address is asked for. */
export interface NpmRequest {
  settings: NpmSettings;
  /** The package; none for an archive of any server. */
  name?: string;
  /** Credentials may go over plain http. */
  insecure?: boolean | undefined;
}

/**
 * The headers that npm's settings have for an address: the user agent, and the credentials for its host and path. npm does not
 * tell http from https there. Here, credentials go over plain http only to this machine, to a registry that is itself
 * configured with http, and where that is allowed.
 */
export async function npmHeaders(address: URL, request: NpmRequest): Promise<Record<string, string>> {
  const { userAgent } = request.settings;
  const authorization = await authorizationFor(address, request);
  return {
    ...(typeof userAgent === 'string' && { 'user-agent': userAgent }),
    ...(authorization !== undefined && { authorization }),
  };
}

async function authorizationFor(address: URL, { settings, name, insecure }: NpmRequest): Promise<string | undefined> {
  const { username, password } = address;
  if (username || password) return basicAuthorization(decodeURIComponent(username), decodeURIComponent(password));
  const registry = registryOf(name, settings);
  if (!isSafe(address, insecure) && new URL(registry).origin !== address.origin) return undefined;
  const { default: getAuth } = await import('npm-registry-fetch/lib/auth.js');
  const { token, auth } = getAuth(address.href, { ...settings, registry });
  if (token) return `Bearer ${token}`;
  return auth ? `Basic ${auth}` : undefined;
}

/** An address without user name and password: `fetch` takes none with them. */
export function withoutUser(address: URL): URL {
  const plain = new URL(address);
  plain.username = plain.password = '';
  return plain;
}
