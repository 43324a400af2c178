import type { Request, Response } from 'express';
import { request as sendRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { takeUpgrade } from '../../serve/upgrades';
import { sendAnswer, type OnBroken, type Upstream } from './forward';
import { requestHeaders } from './headers';

/**
 * Forwards a request for a protocol upgrade. If the child agrees, the two connections become one; otherwise its answer goes
 * back as any other does. `onTunnel` gets the client's connection.
 */
export function forwardUpgrade(
  request: Request,
  response: Response,
  { socketPath }: Upstream,
  onBroken: OnBroken,
  onTunnel: (client: Duplex) => void,
): void {
  const onward = sendRequest({
    socketPath,
    agent: false,
    method: request.method,
    path: request.originalUrl,
    headers: requestHeaders(request, true),
    setHost: false,
  });
  onward.on('error', (error) => {
    if (!response.writableEnded) onBroken(error);
  });
  onward.on('response', (answer) => sendAnswer(answer, response));
  onward.on('upgrade', (answer, child, childHead) => {
    const taken = takeUpgrade(request);
    if (!taken || taken.socket.destroyed) return void child.destroy();
    taken.socket.write(head(answer));
    taken.socket.write(childHead);
    child.write(taken.head);
    join(taken.socket, child);
    onTunnel(taken.socket);
  });
  request.socket.once('close', () => onward.destroy());
  onward.end();
}

/** The head of the child's answer, as it came. */
function head({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n');
}

function join(one: Duplex, other: Duplex): void {
  one.pipe(other).pipe(one);
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
