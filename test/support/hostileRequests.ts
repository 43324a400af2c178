/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a hostile client writes on one connection: pieces of bytes, with pauses in between, and then perhaps no more. */
export interface Conversation {
  pieces: Buffer[];
  /** The client closes the connection right after the last piece, whatever has been answered. */
  leaves: boolean;
}

const METHODS = ['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH', 'PROPFIND'];
const ROUTES = ['echo', 'echo', 'early', 'late', 'stream', 'nothing'];
const LISTED = [
  ...['content-length', 'host', 'transfer-encoding', 'authorization', 'x-marked', 'cookie', 'x-stagedoor-client'],
  ...['keep-alive', 'te', 'Content-Length', 'HOST', 'upgrade', ''],
];

/** Where in its conversation a request stands. */
interface Place {
  isOnly: boolean;
  isLast: boolean;
}

/** A conversation of up to four requests, most of them odd in one way or two. */
export function hostileConversation(random: () => number, name: string): Conversation {
  const count = 1 + Math.floor(random() * 4);
  const text = Array.from({ length: count }, (_, index) =>
    hostileRequest(random, `${name}.${index}`, { isOnly: count === 1, isLast: index === count - 1 }),
  ).join('');
  const whole = Buffer.from(text, 'latin1');
  const bytes = chance(random, 0.05) ? whole.subarray(0, Math.floor(random() * whole.length)) : whole;
  return { pieces: cut(random, bytes), leaves: chance(random, 0.1) };
}

function hostileRequest(random: () => number, id: string, { isOnly, isLast }: Place): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const odd = (share: number): boolean => chance(random, share);
  const method = pick(METHODS);
  const body = odd(0.5) ? smuggled(random, id) : '';
  const headers: string[] = [`Host: ${pick(['localhost', 'x', 'localhost:1'])}`, `X-Id: ${id}`, `X-Marked: ${id}`];
  if (odd(0.3)) headers.push(`Authorization: Bearer ${id}`);
  if (odd(0.3)) headers.push(`Cookie: a=${id}`);
  // What follows a request that closes the connection is an error to Node, which ends it in the middle of what it says.
  const listed = isLast ? [...LISTED, 'close'] : LISTED;
  if (odd(0.4)) headers.push(`${spelt(random, 'connection')}: ${pick(listed)}, ${pick(listed)}`);
  if (odd(0.15))
    headers.push(`${spelt(random, 'x-stagedoor-client')}: ${pick(['{"address":"1.2.3.4"}', '{', '', '[]'])}`);
  if (odd(0.1)) headers.push(`TE: ${pick(['trailers', 'gzip', 'trailers, deflate'])}`);
  if (odd(0.03)) headers.push(`X-Folded: one${pick(['\r\n two', '\r\n\ttwo', '\n two'])}`);
  if (odd(0.1))
    headers.push(pick(['Keep-Alive: timeout=1', 'Proxy-Connection: keep-alive', 'Trailer: X-End', 'X-High: \xe4\xf6']));
  if (odd(0.02)) headers.push(pick(['Bad Name: x', 'X-Control: a\x01b', 'X-Null: a\0b', ': nameless', 'nothing']));
  // Node writes its 100 at once, also into the middle of an earlier answer.
  if (isOnly && odd(0.2)) headers.push('Expect: 100-continue');
  const framed = odd(0.45) ? chunked(random, body) : body;
  if (framed !== body || (framed === '' && odd(0.1))) headers.push(...chunkedHeaders(random, body));
  else if (body !== '' || odd(0.2)) headers.push(...lengthHeaders(random, body));
  shuffle(random, headers);
  const end = odd(0.03) ? '\n' : '\r\n';
  return [`${method} /${pick(ROUTES)}?id=${id} HTTP/1.1`, ...headers, '', ''].join(end) + framed;
}

/** A body that would be a request of its own to whoever loses its frame. */
function smuggled(random: () => number, id: string): string {
  const inner = `GET /echo?id=${id}.smuggled HTTP/1.1\r\nHost: x\r\nX-Id: ${id}.smuggled\r\n\r\n`;
  return chance(random, 0.7) ? inner : inner.repeat(1 + Math.floor(random() * 200));
}

function chunked(random: () => number, body: string): string {
  const size = Math.max(1, Math.floor(random() * (body.length + 1)));
  let text = '';
  for (let at = 0; at < body.length; at += size) {
    const piece = body.slice(at, at + size);
    const extension = chance(random, 0.1) ? ';a="b"' : '';
    text += `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`;
  }
  const trailer = chance(random, 0.2) ? 'X-End: said\r\nContent-Length: 7\r\n' : '';
  return `${text}${chance(random, 0.03) ? 'zz' : '0'}\r\n${trailer}\r\n`;
}

function chunkedHeaders(random: () => number, body: string): string[] {
  const other = ['gzip, chunked', 'chunked, chunked', 'identity', 'chunked;q=1'];
  const value = chance(random, 0.9) ? spelt(random, 'chunked') : other[Math.floor(random() * other.length)];
  const encoded = `${spelt(random, 'transfer-encoding')}: ${value}`;
  return chance(random, 0.04) ? [encoded, `Content-Length: ${body.length}`] : [encoded];
}

function lengthHeaders(random: () => number, body: string): string[] {
  const name = spelt(random, 'content-length');
  const right = `${name}: ${body.length}`;
  if (chance(random, 0.92)) return [right];
  const wrong = [
    [`${name}: ${body.length + 5}`],
    [`${name}: ${Math.max(0, body.length - 5)}`],
    [`${name}: +${body.length}`],
    [`${name}: 0x${body.length.toString(16)}`],
    [`${name}: ${body.length}, ${body.length}`],
    [right, right],
    [right, `${name}: 0`],
    [`${name} : ${body.length}`],
    [`${name}: 00${body.length}`],
    [`${name}:`],
  ];
  return wrong[Math.floor(random() * wrong.length)]!;
}

/** A header name in some mixture of cases. */
function spelt(random: () => number, name: string): string {
  return [...name].map((letter) => (chance(random, 0.5) ? letter.toUpperCase() : letter)).join('');
}

function cut(random: () => number, bytes: Buffer): Buffer[] {
  if (chance(random, 0.5) || bytes.length < 2) return [bytes];
  const at = 1 + Math.floor(random() * (bytes.length - 1));
  return [bytes.subarray(0, at), ...cut(random, bytes.subarray(at))].slice(0, 8);
}

function shuffle<T>(random: () => number, list: T[]): void {
  for (let at = list.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [list[at], list[other]] = [list[other]!, list[at]!];
  }
}

function chance(random: () => number, share: number): boolean {
  return random() < share;
}
