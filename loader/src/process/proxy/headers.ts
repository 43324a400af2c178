import type { IncomingMessage } from 'node:http';
import { describeClient, isClientHeader } from './client';

/** Headers that speak of one connection only (RFC 9110, section 7.6.1); framing is done anew on the next. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** Methods that Node expects a body of. */
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** Headers of a request to the child as name-value pairs: all that the client sent, in its order and writing. */
export function requestHeaders(request: IncomingMessage, upgrade = false): string[] {
  const headers = endToEnd(request).filter(([name]) => !isClientHeader(name));
  const { 'transfer-encoding': encoded, 'content-length': length } = request.headers;
  if (encoded !== undefined) headers.push(['transfer-encoding', 'chunked']);
  // Node would announce a body of unknown length where the client sent none.
  else if (length === undefined && WITH_BODY.has(request.method!)) headers.push(['content-length', '0']);
  if (request.headers.te?.includes('trailers')) headers.push(['te', 'trailers']);
  if (upgrade) headers.push(['connection', 'upgrade'], ['upgrade', request.headers.upgrade!]);
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
  return headers;
}

/** `rawTrailers` as pairs. */
export function trailersOf({ rawTrailers }: IncomingMessage): Array<[name: string, value: string]> {
  return pairs(rawTrailers);
}

function endToEnd({ rawHeaders, headers }: IncomingMessage): Array<[name: string, value: string]> {
  const named = new Set((headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase()));
  return pairs(rawHeaders).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()) && !named.has(name.toLowerCase()));
}

function pairs(raw: string[]): Array<[string, string]> {
  return raw.flatMap((name, index): Array<[string, string]> => (index % 2 === 0 ? [[name, raw[index + 1]!]] : []));
}
