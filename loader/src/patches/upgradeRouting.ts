import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server, ServerResponse, type IncomingMessage } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { sharedPatch } from './sharedPatch';

/** A request for a protocol upgrade on its way through the portal's routes. */
interface Asked {
  server: Server;
  socket: Socket;
  head: Buffer;
  response: ServerResponse;
}

const asked = new WeakMap<IncomingMessage, Asked>();

/** The connection of a request for an upgrade. */
export type TakenUpgrade = Omit<Asked, 'response'>;

/** True for a request for an upgrade without an answer so far. */
export function asksForUpgrade(request: IncomingMessage): boolean {
  return asked.has(request);
}

/** Takes the connection of a request for an upgrade away from its response; undefined for any other request. */
export function takeUpgrade(request: IncomingMessage): TakenUpgrade | undefined {
  const upgrade = asked.get(request);
  if (!upgrade) return undefined;
  asked.delete(request);
  const { response, ...rest } = upgrade;
  response.detachSocket(rest.socket);
  response.statusCode = 101;
  // For all who count the requests in progress: this one is answered.
  response.emit('close');
  return rest;
}

/** Servers that send upgrades through the portal's routes, with the listener that does. */
const routed = new Map<WeakRef<Server>, RouteListener>();

type RouteListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * From now on upgrades go through the routes of the portal also where no plugin in this process listens for them: the
 * listener may be in another process. Servers are met at their next connection, before its first request is read. When the last
 * who needs this has disposed of it, upgrades are Node's own business again.
 */
export const catchUpgrades = sharedPatch(() => {
  subscribe('net.server.socket', meetServer);
  return {
    dispose: () => {
      unsubscribe('net.server.socket', meetServer);
      for (const [server, listener] of routed) server.deref()?.off('upgrade', listener);
      routed.clear();
    },
  };
});

function meetServer(message: unknown): void {
  const { server } = (message as { socket: Socket & { server?: unknown } }).socket;
  if (server instanceof Server || server instanceof SecureServer) routeUpgrades(server as Server);
}

/** Sends the upgrades of a server through the routes of the portal while at least one holder asks for it. */
export function routeUpgrades(server: Server): void {
  for (const known of routed.keys()) {
    const there = known.deref();
    if (there === server) return;
    if (!there) routed.delete(known);
  }
  const listener: RouteListener = (request, socket, head) => route(server, request, socket as Socket, head);
  routed.set(new WeakRef(server), listener);
  server.on('upgrade', listener);
}

/** Sends an upgrade through the portal's routes, as Node.js does while there is no listener for upgrades. */
function route(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (!isUpgrade(request)) return readAgain(server, request, socket, head);
  // A listener of the portal itself, added outside every plugin, answers upgrades that belong to no plugin.
  if (server.listenerCount('upgrade') > 1 && !/^\/api\//i.test(request.url ?? '')) return;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  // Node has taken its own listener off; a client that goes away must not end the portal.
  socket.on('error', () => {});
  asked.set(request, { server, socket, head, response });
  server.emit('request', request, response);
}

/** Other versions of HTTP itself, and TLS: offers that every server may ignore, and no listener for upgrades takes. */
const OF_HTTP = /^(h2c|http\/|tls\/)/i;

/**
 * False for a request that Node takes for an upgrade because of its header, and that is none to anybody here: one that
 * brings a body, which Node would not read, or offers to speak HTTP otherwise.
 */
function isUpgrade({ headers }: IncomingMessage): boolean {
  const { 'transfer-encoding': encoded, 'content-length': length = '0', upgrade = '' } = headers;
  if (encoded !== undefined || Number(length) !== 0) return false;
  return upgrade.split(',').some((protocol) => !OF_HTTP.test(protocol.trim()));
}

/** Has the server read a request once more, without its offer, as it does without a listener for upgrades. */
function readAgain(
  server: Server,
  { method, url, httpVersion, rawHeaders }: IncomingMessage,
  socket: Socket,
  head: Buffer,
): void {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]!, rawHeaders[at + 1]!];
    const kept = withoutOffer(name.toLowerCase(), value);
    if (kept !== undefined) lines.push(`${name}: ${kept}`);
  }
  socket.unshift(Buffer.concat([Buffer.from([...lines, '', ''].join('\r\n'), 'latin1'), head]));
  server.emit(server instanceof SecureServer ? 'secureConnection' : 'connection', socket);
}

/** The value of a header of a request that asks for no upgrade any more; undefined if nothing is left of it. */
function withoutOffer(name: string, value: string): string | undefined {
  if (name === 'upgrade') return undefined;
  if (name !== 'connection') return value;
  const rest = value.split(',').filter((option) => option.trim().toLowerCase() !== 'upgrade');
  return rest.length > 0 ? rest.join(',').trim() : undefined;
}
