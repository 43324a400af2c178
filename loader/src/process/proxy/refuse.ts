import type { Response } from 'express';
import type { Duplex } from 'node:stream';

const NAMES = { 400: 'InputError', 501: 'NotImplementedError' } as const;

/** Answers a request that is not forwarded, as Backstage words errors, and ends its connection: how it continues is uncertain. */
export function refuseRequest(response: Response, status: keyof typeof NAMES, message: string): void {
  response.status(status).set('Connection', 'close');
  response.json({ error: { name: NAMES[status], message } });
}

/** Answers a request for an upgrade whose connection has no response any more, and ends it; `headers` are whole lines. */
export function refuseSocket(socket: Duplex, status: string, headers: readonly string[] = []): void {
  if (socket.destroyed) return;
  const lines = [`HTTP/1.1 ${status}`, ...headers, 'Connection: close', 'Content-Length: 0', '', ''];
  socket.end(lines.join('\r\n'), () => socket.destroy());
}
