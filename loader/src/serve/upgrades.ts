import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Server, ServerResponse, type IncomingMessage } from 'node:http';
import { Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';

type UpgradeListener = (request: IncomingMessage, socket: Socket, head: Buffer) => void;

/** A request for a protocol upgrade on its way through the portal's routes. */
interface Asked {
  server: Server;
  socket: Socket;
  head: Buffer;
  response: ServerResponse;
}

const current = new AsyncLocalStorage<Upgrades>();
const asked = new WeakMap<IncomingMessage, Asked>();
/** Servers whose listeners are watched, with what makes them route upgrades. */
const watched = new WeakMap<Server, { routeUpgrades(): void }>();

/**
 * The WebSocket side of one generation. A plugin takes upgrades by adding an `upgrade` listener to the server it finds
 * on a request (as plugin-signals-backend and http-proxy-middleware do): past every route and session check, and for
 * good. Here the listener becomes the generation's. Each upgrade goes through the portal's routes like any request, and
 * reaches the listeners of the generation that serves it when it gets past its session check.
 */
export class Upgrades {
  readonly #listeners = new Set<UpgradeListener>();
  readonly #sockets = new Set<Socket>();

  /** Runs a plugin's handlers of a request; upgrade listeners that they add, now or later, are kept here. */
  run(request: IncomingMessage, work: () => void): void {
    const { server } = request.socket as Socket & { server?: Server };
    if (server) watch(server);
    current.run(this, work);
  }

  add(listener: UpgradeListener): void {
    this.#listeners.add(listener);
  }

  /** Returns false for a listener that is none of these. */
  remove(listener: UpgradeListener): boolean {
    return this.#listeners.delete(listener);
  }

  /** Hands the connection of a request to the listeners; false when it asks for no upgrade, or nobody listens. */
  take(request: IncomingMessage & { originalUrl?: string }): boolean {
    const upgrade = this.#listeners.size > 0 ? takeUpgrade(request) : undefined;
    if (!upgrade) return false;
    const { server, socket, head } = upgrade;
    request.url = request.originalUrl ?? request.url;
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    try {
      for (const listener of [...this.#listeners]) listener.call(server, request, socket, head);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return true;
  }

  /** Takes no more upgrades, and ends the connections that were taken. */
  close(): void {
    this.#listeners.clear();
    for (const socket of this.#sockets) socket.destroy();
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
    if (server instanceof Server || server instanceof SecureServer) watch(server as Server).routeUpgrades();
  });
}

/** Makes `upgrade` listeners that are added while a plugin handles requests that plugin's own. */
function watch(server: Server): { routeUpgrades(): void } {
  const known = watched.get(server);
  if (known) return known;
  let listening = false;
  const on = server.on.bind(server) as (event: string, listener: UpgradeListener) => Server;
  const watching = {
    routeUpgrades: () => {
      if (!listening) on('upgrade', (request, socket, head) => route(server, request, socket, head));
      listening = true;
    },
  };
  watched.set(server, watching);
  for (const method of ['on', 'addListener', 'prependListener', 'once', 'prependOnceListener'] as const) {
    const original = server[method].bind(server) as typeof on;
    const added = (event: string, listener: UpgradeListener): Server => {
      const upgrades = event === 'upgrade' ? current.getStore() : undefined;
      if (!upgrades) return original(event, listener);
      upgrades.add(/once/i.test(method) ? once(upgrades, listener) : listener);
      watching.routeUpgrades();
      return server;
    };
    Object.assign(server, { [method]: added });
  }
  for (const method of ['off', 'removeListener'] as const) {
    const original = server[method].bind(server) as typeof on;
    const removed = (event: string, listener: UpgradeListener): Server =>
      event === 'upgrade' && current.getStore()?.remove(listener) ? server : original(event, listener);
    Object.assign(server, { [method]: removed });
  }
  return watching;
}

function once(upgrades: Upgrades, listener: UpgradeListener): UpgradeListener {
  return function wrapped(this: Server, ...args) {
    upgrades.remove(wrapped);
    listener.apply(this, args);
  };
}

/** Sends an upgrade through the portal's routes, as Node itself does while nobody listens for upgrades. */
function route(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
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
