import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';

/**
 * The header in which the portal tells the child about the connection of the client. The child takes it off again and
 * gives the request's socket those values: a plugin sees the headers that the client sent and the address it came from,
 * and `trust proxy` means what it means in the portal.
 */
const HEADER = 'x-stagedoor-client';

/** What a plugin can ask a connection about. */
interface Client {
  address?: string;
  port?: number;
  encrypted?: boolean;
}

/** The header for a request that came to the portal. */
export function describeClient(request: IncomingMessage): [name: string, value: string] {
  const { remoteAddress: address, remotePort: port } = request.socket;
  const { encrypted } = request.socket as TLSSocket;
  return [HEADER, JSON.stringify({ address, port, encrypted } satisfies Client)];
}

/** True for the name of the header, in whatever case. */
export function isClientHeader(name: string): boolean {
  return name.toLowerCase() === HEADER;
}

/**
 * Gives a request that the portal forwarded the connection that the client has with the portal. False for a request that
 * the portal did not write: each of its own has exactly one of these headers.
 */
export function restoreClient(request: IncomingMessage): boolean {
  const { rawHeaders } = request;
  const [at, ...more] = rawHeaders.flatMap((text, index) => (index % 2 === 0 && isClientHeader(text) ? [index] : []));
  const client = at !== undefined && more.length === 0 ? clientFrom(rawHeaders[at + 1]!) : undefined;
  if (!client) return false;
  delete request.headers[HEADER];
  request.rawHeaders = rawHeaders.toSpliced(at!, 2);
  // Connections are used for one request at a time, so the values stay true while it lasts.
  const { address, port, encrypted } = client;
  const shown = { remoteAddress: address, remotePort: port, encrypted };
  for (const [name, value] of Object.entries(shown)) {
    Object.defineProperty(request.socket, name, { value, writable: true, configurable: true });
  }
  return true;
}

function clientFrom(value: string): Client | undefined {
  try {
    const client: unknown = JSON.parse(value);
    return typeof client === 'object' && client !== null ? client : undefined;
  } catch {
    return undefined;
  }
}
