import { connect, type Socket } from 'node:net';
import { WEBSOCKET_HEADERS } from './rawRequest';

/** A connection over which a WebSocket has been asked for. */
export interface RawWebSocket {
  socket: Socket;
  /** What the server sent first. */
  first: string;
  /** Resolves when the server has ended it. */
  closed: Promise<void>;
}

/** Asks for a WebSocket at `path` with a bearer token, sends `rest` with the handshake, and waits for the first answer. */
export async function openWebSocket(port: number, path: string, token: string, rest = ''): Promise<RawWebSocket> {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const headers = Object.entries({ host: 'localhost', authorization: `Bearer ${token}`, ...WEBSOCKET_HEADERS });
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.map((pair) => pair.join(': ')).join('\r\n')}\r\n\r\n${rest}`);
  const first = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  return { socket, first: first.toString(), closed };
}
