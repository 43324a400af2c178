import type { LoggerService, RootHttpRouterServiceWebSocketHandler } from '@backstage/backend-plugin-api';
import { subscribe } from 'node:diagnostics_channel';
import { Server, ServerResponse, type IncomingMessage } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import { serverStandIn, type UpgradeListener } from './serverStandIn';

/** What takes the WebSockets of one path, as it is given to Backstage's root router. */
export type WebSocketHandler = RootHttpRouterServiceWebSocketHandler['handler'];

/** A request for a WebSocket with its connection, and what came after the request's head. */
export type WebSocketUpgrade = Parameters<WebSocketHandler>[0];

/** A request for a protocol upgrade on its way through the portal's routes. */
interface Asked {
  server: Server;
  socket: Socket;
  head: Buffer;
  response: ServerResponse;
}

const asked = new WeakMap<IncomingMessage, Asked>();
/** Servers that send upgrades through the portal's routes. */
const routed = new WeakSet<Server>();
/** What plugins take for a server, with the server it stands for. */
const standsFor = new WeakMap<object, Server>();

/**
 * The WebSocket side of one generation. Since backend-plugin-api 1.12 a plugin registers a handler for an exact path with its
 * router, whose code checks the session itself. Before, a plugin took upgrades by adding an `upgrade` listener to the server it finds
 * on a request (as plugin-signals-backend and http-proxy-middleware do): past every route and session check, and for
 * good. Here it finds a stand-in of the server, and its listener becomes the generation's. Each upgrade goes through the
 * portal's routes like any request, and reaches the listeners of the generation that serves it when it gets past its
 * session check.
 */
export class Upgrades {
  readonly #listeners = new Set<UpgradeListener>();
  readonly #handlers = new Map<string, WebSocketHandler>();
  readonly #sockets = new Set<Socket>();
  readonly #logger: LoggerService;
  readonly #standIns = new WeakMap<Server, Server>();
  #latest: Server | undefined;

  constructor(logger: LoggerService) {
    this.#logger = logger;
  }

  /** Has whoever handles this request, the only one under way on its connection, find the stand-in of the server on it. */
  attend(request: IncomingMessage): void {
    const socket = request.socket as Socket & { server?: Server };
    // Mostly the connection was here before.
    if (socket.server === this.#latest || !socket.server) return;
    this.#latest = this.#standIn(standsFor.get(socket.server) ?? socket.server);
    socket.server = this.#latest;
  }

  /**
   * Registers what takes WebSockets at an exact path, as Backstage's root router does. Throws for a path that is none, or
   * is taken.
   */
  addHandler(path: string, handler: WebSocketHandler): void {
    if (!path.startsWith('/') || /[?#\\]/.test(path) || new URL(path, 'http://localhost').pathname !== path) {
      throw new Error('WebSocket path must be an absolute pathname without a query or fragment');
    }
    if (this.#handlers.has(path)) throw new Error(`WebSocket handler already registered for ${path}`);
    this.#handlers.set(path, handler);
    catchUpgrades();
  }

  /** Hands the connection of a request for a WebSocket to the handler of its path; false where there is none. */
  takeRouted(request: IncomingMessage & { originalUrl?: string }): boolean {
    if (this.#handlers.size === 0 || !asksForUpgrade(request)) return false;
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    const handler = this.#handlers.get((request.originalUrl ?? request.url ?? '').split('?')[0]!);
    const upgrade = handler && this.#takeConnection(request);
    if (!upgrade) return false;
    const { socket, head } = upgrade;
    Promise.resolve()
      .then(() => handler({ request, socket, head }))
      .catch((error: Error) => {
        this.#logger.warn('WebSocket upgrade failed', error);
        socket.destroy();
      });
    return true;
  }

  /** Hands the connection of a request to the listeners; false when it asks for no upgrade, or nobody listens. */
  take(request: IncomingMessage & { originalUrl?: string }): boolean {
    const upgrade = this.#listeners.size > 0 ? this.#takeConnection(request) : undefined;
    if (!upgrade) return false;
    const { server, socket, head } = upgrade;
    try {
      for (const listener of [...this.#listeners]) listener.call(this.#standIn(server), request, socket, head);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return true;
  }

  /** Takes no more upgrades, and ends the connections that were taken. */
  close(): void {
    this.#listeners.clear();
    this.#handlers.clear();
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes the connection of an upgrade; it ends with the generation. */
  #takeConnection(request: IncomingMessage & { originalUrl?: string }): Omit<Asked, 'response'> | undefined {
    const upgrade = takeUpgrade(request);
    if (!upgrade) return undefined;
    request.url = request.originalUrl ?? request.url;
    this.#sockets.add(upgrade.socket);
    upgrade.socket.once('close', () => this.#sockets.delete(upgrade.socket));
    return upgrade;
  }

  #standIn(server: Server): Server {
    let standIn = this.#standIns.get(server);
    if (!standIn) {
      standIn = serverStandIn(server, this.#listeners, () => routeUpgrades(server));
      this.#standIns.set(server, standIn);
      standsFor.set(standIn, server);
    }
    return standIn;
  }
}

/** True for a request for an upgrade that nobody has answered. */
export function asksForUpgrade(request: IncomingMessage): boolean {
  return asked.has(request);
}

/** Takes the connection of a request for an upgrade away from its response; undefined for any other request. */
export function takeUpgrade(request: IncomingMessage): Omit<Asked, 'response'> | undefined {
  const upgrade = asked.get(request);
  if (!upgrade) return undefined;
  asked.delete(request);
  const { response, ...rest } = upgrade;
  response.detachSocket(rest.socket);
  response.statusCode = 101;
  // For all who count the requests under way: this one is answered.
  response.emit('close');
  return rest;
}

let catching = false;

/**
 * From now on upgrades go through the routes of the portal also where no plugin in this process listens for them: the
 * listener may be in another process. Servers are met at their next connection, before its first request is read.
 */
export function catchUpgrades(): void {
  if (catching) return;
  catching = true;
  subscribe('net.server.socket', (message) => {
    const { server } = (message as { socket: Socket & { server?: unknown } }).socket;
    if (server instanceof Server || server instanceof SecureServer) routeUpgrades(server as Server);
  });
}

function routeUpgrades(server: Server): void {
  if (routed.has(server)) return;
  routed.add(server);
  server.on('upgrade', (request, socket, head) => route(server, request, socket as Socket, head));
}

/** Sends an upgrade through the portal's routes, as Node itself does while nobody listens for upgrades. */
function route(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (!isUpgrade(request)) return readAgain(server, request, socket, head);
  // A listener of the portal itself, added outside every plugin, answers for what is no plugin's.
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

/** Has the server read a request once more, without its offer, as it does where nobody listens for upgrades. */
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

/** The value of a header of a request that asks for no upgrade any more; undefined where nothing is left of it. */
function withoutOffer(name: string, value: string): string | undefined {
  if (name === 'upgrade') return undefined;
  if (name !== 'connection') return value;
  const rest = value.split(',').filter((option) => option.trim().toLowerCase() !== 'upgrade');
  return rest.length > 0 ? rest.join(',').trim() : undefined;
}
