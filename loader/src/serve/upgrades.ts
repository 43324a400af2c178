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

/** What takes the WebSockets of one path, as it is given to Backstage's root router. */
export type WebSocketHandler = RootHttpRouterServiceWebSocketHandler['handler'];

/** A request for a WebSocket with its connection, and what came after the request's head. */
export type WebSocketUpgrade = Parameters<WebSocketHandler>[0];

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
  /** Has upgrades come through the portal's routes while this side takes any. */
  #routing: Patch | undefined;

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
    this.#routing ??= catchUpgrades();
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
