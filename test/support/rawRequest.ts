import { connect } from 'node:net';
import { patience } from './patience';

/** A request as it goes over the wire: nothing is normalised, added (but Host and Connection) or followed. */
export interface RawRequest {
  method?: string;
  /** The request target, verbatim. */
  target: string;
  headers?: Record<string, string>;
  body?: string;
  /** What the connection says after a handshake; the answer is not whole without it. */
  greeting?: string;
  /** Give up after this time; what has arrived by then is the answer. Default: when it hangs. */
  timeoutMs?: number;
}

/** What came back. `status` is 0 where the server closed the connection without a word. */
export interface RawResponse {
  status: number;
  /** Status line, headers and body as received. */
  text: string;
  /** What follows the headers. */
  body: string;
}

/** Sends one request over a connection of its own, byte by byte as given. */
export async function rawRequest(port: number, request: RawRequest): Promise<RawResponse> {
  const { method = 'GET', target, headers = {}, body = '', greeting, timeoutMs = patience.effectMs } = request;
  const lines = Object.entries({
    host: `localhost:${port}`,
    connection: 'close',
    ...(body && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  const text = await exchange(port, [`${method} ${target} HTTP/1.1`, ...lines, '', body].join('\r\n'), {
    greeting,
    timeoutMs,
  });
  const end = text.indexOf('\r\n\r\n');
  return {
    status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0),
    text,
    body: end < 0 ? '' : text.slice(end + 4),
  };
}

/** The headers of a WebSocket handshake (RFC 6455, section 4.1). */
export const WEBSOCKET_HEADERS = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

function exchange(
  port: number,
  bytes: string,
  { greeting = '', timeoutMs }: { greeting?: string | undefined; timeoutMs: number },
): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const timer = setTimeout(done, timeoutMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      // A connection may stay open after the answer, and after a handshake does.
      if (isComplete(Buffer.concat(chunks).toString('latin1'), greeting)) setTimeout(done, 50);
    });
    // The server may reset a connection whose request it does not read to the end.
    socket.on('error', done);
    socket.on('close', done);
  });
}

/** True when the headers of a response are there, and as much after them as they announce. */
function isComplete(text: string, greeting: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end + 2);
  if (text.startsWith('HTTP/1.1 101')) return text.slice(end + 4).includes(greeting);
  if (/^transfer-encoding: chunked\r?$/im.test(head)) return text.endsWith('\r\n0\r\n\r\n');
  const length = /^content-length: (\d+)\r?$/im.exec(head)?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}
