import type { LoggerService, RootHttpRouterServiceWebSocketHandler } from '@backstage/backend-plugin-api';
import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Patch } from '../patches/patchProperty';
import {
  asksForUpgrade,
  catchUpgrades,
  routeUpgrades,
  takeUpgrade,
  type TakenUpgrade,
} from '../patches/upgradeRouting';
import { serverStandIn, type UpgradeListener } from './serverStandIn';

/** A handler for the WebSockets of one path, as Backstage's root router accepts it. */
export type WebSocketHandler = RootHttpRouterServiceWebSocketHandler['handler'];

/** A request for a WebSocket with its connection, and what came after the request's head. */
export type WebSocketUpgrade = Parameters<WebSocketHandler>[0];

/** The stand-in that plugins see, with the real server. */
const standsFor = new WeakMap<object, Server>();

/**
 * The WebSocket side of one generation. Since backend-plugin-api 1.12, a plugin registers a handler for an exact path with
 * its router, whose code checks the session itself. Before, a plugin accepted upgrades by adding an `upgrade` listener to the
 * server of a request (as plugin-signals-backend and http-proxy-middleware do): bypassing every route and session check, and
 * permanently. Here it finds a stand-in of the server, and its listener belongs to the generation. Each upgrade passes the
 * portal's routes like any request, and reaches the listeners of the generation in service after its session check.
 */
export class Upgrades {
  readonly #listeners = new Set<UpgradeListener>();
  readonly #handlers = new Map<string, WebSocketHandler>();
  readonly #sockets = new Set<Socket>();
  readonly #logger: LoggerService;
  readonly #standIns = new WeakMap<Server, Server>();
  #latest: Server | undefined;
  /** Routes upgrades through the portal while this side accepts any. */
  #routing: Patch | undefined;

  constructor(logger: LoggerService) {
    this.#logger = logger;
  }

  /** Makes the handler of this request, the only one on its connection, find the stand-in of the server on it. */
  attend(request: IncomingMessage): void {
    const socket = request.socket as Socket & { server?: Server };
    // Usually the connection was here before.
    if (socket.server === this.#latest || !socket.server) return;
    this.#latest = this.#standIn(standsFor.get(socket.server) ?? socket.server);
    socket.server = this.#latest;
  }

  /**
   * Registers a WebSocket handler at an exact path, as Backstage's root router does. Throws for an invalid path, or one that
   * is taken.
   */
  addHandler(path: string, handler: WebSocketHandler): void {
    if (!path.startsWith('/') || /[?#\\]/.test(path) || new URL(path, 'http://localhost').pathname !== path) {
      throw new Error('WebSocket path must be an absolute pathname without a query or fragment');
    }
    if (this.#handlers.has(path)) throw new Error(`WebSocket handler already registered for ${path}`);
    this.#handlers.set(path, handler);
    this.#routing ??= catchUpgrades();
  }

  /** Passes the connection of a WebSocket request to the handler of its path; false if there is none. */
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

  /** Passes the connection of a request to the listeners; false if it is not an upgrade, or there is no listener. */
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

  /** Accepts no more upgrades, and ends the accepted connections. */
  close(): void {
    this.#listeners.clear();
    this.#handlers.clear();
    for (const socket of this.#sockets) socket.destroy();
    this.#routing?.dispose();
  }

  /** Takes the connection of an upgrade; it ends with the generation. */
  #takeConnection(request: IncomingMessage & { originalUrl?: string }): TakenUpgrade | undefined {
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
      standIn = serverStandIn(server, this.#listeners, () => {
        this.#routing ??= catchUpgrades();
        routeUpgrades(server);
      });
      this.#standIns.set(server, standIn);
      standsFor.set(standIn, server);
    }
    return standIn;
  }
}
