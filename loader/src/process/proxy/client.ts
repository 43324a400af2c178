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

/** The header for a request that came to the portal; replaces one that the client made up. */
export function describeClient(request: IncomingMessage): [name: string, value: string] {
  const { remoteAddress: address, remotePort: port } = request.socket;
  const { encrypted } = request.socket as TLSSocket;
  return [HEADER, JSON.stringify({ address, port, encrypted } satisfies Client)];
}

/** True for the name of the header, in whatever case. */
export function isClientHeader(name: string): boolean {
  return name.toLowerCase() === HEADER;
}

/** Gives a request that the portal forwarded the connection that the client has with the portal. */
export function restoreClient(request: IncomingMessage): void {
  const header = request.headers[HEADER];
  if (typeof header !== 'string') return;
  delete request.headers[HEADER];
  const { rawHeaders } = request;
  request.rawHeaders = rawHeaders.filter((_, index) => !isClientHeader(rawHeaders[index - (index % 2)]!));
  // Connections are used for one request at a time, so the values stay true while it lasts.
  const { address, port, encrypted } = JSON.parse(header) as Client;
  const shown = { remoteAddress: address, remotePort: port, encrypted };
  for (const [name, value] of Object.entries(shown)) {
    Object.defineProperty(request.socket, name, { value, writable: true, configurable: true });
  }
}
