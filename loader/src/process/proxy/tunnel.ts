import type { Request, Response } from 'express';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { takeUpgrade } from '../../patches/upgradeRouting';
import type { WebSocketUpgrade } from '../../serve/upgrades';
import { passAnswerOn, startRequest, type OnBroken, type Upstream } from './forward';
import { responseHeaders } from './headers';
import { refuseRequest, refuseSocket } from './refuse';

/**
 * Forwards a request for a protocol upgrade, which has no body. If the child agrees, the two connections become one;
 * otherwise its answer goes back as any other does. `onTunnel` gets the client's connection.
 */
export function forwardUpgrade(
  request: Request,
  response: Response,
  { socketPath }: Upstream,
  onBroken: OnBroken,
  onTunnel: (client: Duplex) => void,
): void {
  const onward = startRequest(request, 'none', { socketPath, agent: false }, request.headers.upgrade);
  if (!onward) return refuseRequest(response, 400, 'The request cannot be forwarded as it is');
  passAnswerOn(onward, response, onBroken);
  onward.on('upgrade', (answer, child, childHead) => {
    const taken = takeUpgrade(request);
    if (!taken || taken.socket.destroyed) return void child.destroy();
    join(taken, answer, child, childHead);
    onTunnel(taken.socket);
  });
  request.socket.once('close', () => onward.destroy());
  onward.end();
}

/**
 * As {@link forwardUpgrade}, for a connection that has been taken from its response already: the answer of a child that
 * does not agree, or has none, is written onto it as its last.
 */
export function tunnelUpgrade(upgrade: WebSocketUpgrade, { socketPath }: Upstream): void {
  const { request, socket } = upgrade;
  const onward = startRequest(request, 'none', { socketPath, agent: false }, request.headers.upgrade);
  if (!onward) return refuseSocket(socket, '400 Bad Request');
  let answered = false;
  onward.on('error', () => (answered ? socket.destroy() : refuseSocket(socket, '503 Service Unavailable')));
  onward.on('upgrade', (answer, child, childHead) => {
    answered = true;
    if (socket.destroyed) child.destroy();
    else join(upgrade, answer, child, childHead);
  });
  onward.on('response', (answer) => {
    answered = true;
    const headers = [...responseHeaders(answer)].flatMap(([name, values]) =>
      [values].flat().map((value) => `${name}: ${value}`),
    );
    socket.write([`HTTP/1.1 ${answer.statusCode}`, ...headers, 'Connection: close', '', ''].join('\r\n'), 'latin1');
    answer.on('error', () => socket.destroy());
    answer.pipe(socket).on('finish', () => socket.destroy());
  });
  socket.once('close', () => onward.destroy());
  onward.end();
}

/** The head of the child's answer, as it came: Node reads it as Latin-1. */
function head({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return [`HTTP/1.1 ${statusCode} ${statusMessage}`, ...lines, '', ''].join('\r\n');
}

/** Gives the child's agreement to the client, and makes the two connections one. */
function join(
  { socket, head: first }: { socket: Duplex; head: Buffer },
  answer: IncomingMessage,
  child: Duplex,
  childHead: Buffer,
): void {
  socket.write(head(answer), 'latin1');
  socket.write(childHead);
  child.write(first);
  socket.pipe(child).pipe(socket);
  for (const [from, to] of [
    [socket, child],
    [child, socket],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }
}
