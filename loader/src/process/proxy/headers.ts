import type { IncomingMessage } from 'node:http';
import { describeClient, isClientHeader } from './client';

/**
 * Headers of one connection (RFC 9110, section 7.6.1), which each connection gets anew, body framing included, and what the
 * portal has answered itself (`Expect`). This list alone decides. A client may list further headers under `Connection`; believing it would let it remove whatever stands
 * between one request and the next, or between itself and a session check: `Content-Length`, `Host`, `Authorization`.
 */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'content-length',
  'expect',
  'upgrade',
]);

/** How the body of a message is delimited, as Node's parser read it. */
export type Framing = 'none' | 'chunked' | { bytes: number };

/** Methods that Node expects a body of. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The framing that Node's parser used for a message. Undefined for one that cannot be framed anew: its length is no
 * number, or its body is encoded in a way that only its sender's connection knows.
 */
export function framingOf({ headers }: IncomingMessage): Framing | undefined {
  const { 'transfer-encoding': encoded, 'content-length': length } = headers;
  if (encoded !== undefined) return encoded.trim().toLowerCase() === 'chunked' ? 'chunked' : undefined;
  if (length === undefined) return 'none';
  return /^\d{1,15}$/.test(length) ? { bytes: Number(length) } : undefined;
}

/** True for a message that brings a body of at least one byte, or may. */
export function hasBody(framing: Framing): boolean {
  return framing === 'chunked' || (framing !== 'none' && framing.bytes > 0);
}

/**
 * Headers of a request to the child as name-value pairs: all that the client sent, in its order and writing, but framed
 * anew and without what only the portal says.
 */
export function requestHeaders(request: IncomingMessage, framing: Framing, upgrade?: string): string[] {
  const headers = endToEnd(request).filter(([name]) => !isClientHeader(name));
  if (framing === 'chunked') headers.push(['transfer-encoding', 'chunked']);
  else if (framing !== 'none') headers.push(['content-length', String(framing.bytes)]);
  // Node would announce a body of unknown length where the client sent none.
  else if (WITH_BODY.has(request.method!)) headers.push(['content-length', '0']);
  if (request.headers.te?.includes('trailers')) headers.push(['te', 'trailers']);
  if (upgrade !== undefined) headers.push(['connection', 'upgrade'], ['upgrade', upgrade]);
  return [...headers, describeClient(request)].flat();
}

/** Headers of the child's answer by name, repeated ones together. */
export function responseHeaders(answer: IncomingMessage): Map<string, string | string[]> {
  const headers = new Map<string, string | string[]>();
  const names = new Map<string, string>();
  for (const [name, value] of endToEnd(answer)) {
    const known = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), known);
    const earlier = headers.get(known);
    headers.set(known, earlier === undefined ? value : [earlier, value].flat());
  }
  const { 'transfer-encoding': encoded, 'content-length': length } = answer.headers;
  if (encoded === undefined && length !== undefined) headers.set('Content-Length', length);
  return headers;
}

/** `rawTrailers` as pairs. */
export function trailersOf({ rawTrailers }: IncomingMessage): Array<[name: string, value: string]> {
  return pairs(rawTrailers);
}

function endToEnd({ rawHeaders, headers }: IncomingMessage): Array<[name: string, value: string]> {
  // Node announces trailers only where there can be some.
  const dropped = headers['transfer-encoding'] === undefined ? 'trailer' : undefined;
  const isKept = (name: string): boolean => !OF_CONNECTION.has(name) && name !== dropped;
  return pairs(rawHeaders).filter(([name]) => isKept(name.toLowerCase()));
}

function pairs(raw: string[]): Array<[string, string]> {
  return raw.flatMap((name, index): Array<[string, string]> => (index % 2 === 0 ? [[name, raw[index + 1]!]] : []));
}
