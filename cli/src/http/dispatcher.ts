import { isIP } from 'node:net';
import type { Dispatcher } from 'undici';
import { authoritiesWith } from './authorities';

/** Trust and time-out settings of a connection. */
export interface Trust {
  /** File of further certificate authorities, PEM. */
  ca?: string;
  /** Accept any certificate. */
  insecure?: boolean;
  /** Milliseconds without an answer, or without more of it, after which a connection counts as broken; 30 seconds. */
  silenceMs?: number;
  /** Settings of a package manager, which replace those of the environment. */
  connection?: Connection;
}

/** Connection settings of a package manager. */
export interface Connection {
  /** All authorities to trust, PEM. */
  authorities?: string[];
  /** Certificate and key of the client, PEM. */
  cert?: string;
  key?: string;
  /** URL of the proxy for all requests, or false for none. */
  proxy?: string | false;
  /** Host names, separated by commas, for which no proxy is used. */
  noProxy?: string;
  localAddress?: string;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Between two pieces of an answer, and until its first. */
const SILENCE_TIMEOUT_MS = 30_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** One for each trust setting, so that connections are reused. */
const dispatchers = new Map<string, Promise<Dispatcher>>();

/**
 * The dispatcher of requests: uses the proxy of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, except for loopback addresses, and
 * reuses connections. Throws CA_INVALID.
 */
export async function dispatcherFor(trust: Trust): Promise<Dispatcher> {
  const { ca, insecure, silenceMs, connection } = trust;
  const key = JSON.stringify([ca, insecure, silenceMs, connection]);
  const known = dispatchers.get(key) ?? makeDispatcher(trust);
  dispatchers.set(key, known);
  known.catch(() => dispatchers.delete(key));
  return await known;
}

/** True for a host name or address of this machine, without a port. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host.toLowerCase()) || (isIP(host) === 4 && host.startsWith('127.'));
}

/** True for an address with a private connection: https, this machine, or any where plain http is allowed. */
export function isSafe({ protocol, hostname }: URL, insecure = false): boolean {
  return protocol === 'https:' || insecure || isLoopback(hostname);
}

async function makeDispatcher({
  ca,
  insecure,
  silenceMs = SILENCE_TIMEOUT_MS,
  connection = {},
}: Trust): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  const { authorities, cert, key, proxy, noProxy, localAddress } = connection;
  const trusted = ca === undefined ? authorities : [...(authorities ?? []), ...(await authoritiesWith(ca))];
  const tls = {
    ...(trusted && { ca: trusted }),
    ...(cert !== undefined && key !== undefined && { cert, key }),
    ...(insecure && { rejectUnauthorized: false }),
  };
  const listed = proxy === false ? '*' : (noProxy ?? process.env.no_proxy ?? process.env.NO_PROXY);
  const direct = listed === '*' ? '*' : [listed, ...LOOPBACK].filter(Boolean).join(',');
  return new EnvHttpProxyAgent({
    ...(proxy && { httpProxy: proxy, httpsProxy: proxy }),
    noProxy: direct,
    connect: { ...tls, timeout: CONNECT_TIMEOUT_MS, ...(localAddress !== undefined && { localAddress }) },
    requestTls: tls,
    headersTimeout: silenceMs,
    bodyTimeout: silenceMs,
  });
}
