import {
  coreServices,
  createBackendPlugin,
  type DatabaseService,
  type HttpRouterService,
  type RootLoggerService,
} from '@backstage/backend-plugin-api';
import type { Request, Response } from 'express';
import { defaultServiceFactories } from '../host/defaultServiceFactories';
import type { RegistrationsFeature, ServiceFeature } from '../host/features';
import type { Policy } from '../policy/policy';
import { Generation, type GenerationHost } from '../start/generation';
import type { WebSocketUpgrade } from '../serve/upgrades';
import { hasWebSockets, type DeclaredRoute, type DeclaredWebSocket } from '../start/openedRoutes';

/** Receives what has passed the check. */
export interface Onward {
  request(request: Request, response: Response): void;
  webSocket(upgrade: WebSocketUpgrade): void;
}

/** Patterns with more optional groups take long to compile: each doubles the number of alternatives. */
const MOST_GROUPS = 4;
const LONGEST_PATH = 500;
const MOST_WEB_SOCKETS = 100;

/** Path of the public keys that a plugin's tokens are signed with; only its process knows them. */
const KEYS = '/.backstage/auth/v1/jwks.json';

/**
 * Backstage's own session check for a plugin that runs in a separate process: requests without a session do not reach the
 * process, except on paths that the plugin opened and the policy allows. It consists of the same httpRouter service as for a
 * plugin in the portal, with the same plugin id.
 */
export class SessionCheck {
  readonly #pluginId: string;
  readonly #owner: string;
  readonly #policy: Policy;
  readonly #onward: Onward;
  readonly #logger: RootLoggerService;
  readonly #opened = new Map<string, boolean>();
  #generation!: Generation;
  readonly #webSockets = new Set<string>();
  #open!: (route: Pick<DeclaredRoute, 'path' | 'allow'>) => void;
  #addWebSocket!: HttpRouterService['addWebSocketHandler'];

  private constructor(
    pluginId: string,
    owner: string,
    { policy, rootLogger }: Pick<GenerationHost, 'policy' | 'rootLogger'>,
    onward: Onward,
  ) {
    this.#pluginId = pluginId;
    this.#owner = owner;
    this.#policy = policy;
    this.#onward = onward;
    this.#logger = rootLogger;
  }

  /** Creates the check for the plugin of the bundle `owner`; what passes goes `onward`. Rejects with `StartFailure`. */
  static async start(pluginId: string, owner: string, host: GenerationHost, onward: Onward): Promise<SessionCheck> {
    // The process reports its own decisions, and requests are counted where they are forwarded.
    const policy = host.policy.untold();
    const check = new SessionCheck(pluginId, owner, { ...host, policy }, onward);
    const plugin = createBackendPlugin({
      pluginId,
      register: (env) =>
        env.registerInit({
          deps: { httpRouter: coreServices.httpRouter },
          init: async ({ httpRouter }) => {
            check.#open = (route) => httpRouter.addAuthPolicy(route);
            check.#addWebSocket = (options) => httpRouter.addWebSocketHandler(options);
            // Its first path has the router wait for start-up, which it cannot later; nobody asks for a WebSocket here.
            if (hasWebSockets(httpRouter))
              check.#addWebSocket({ path: KEYS, handler: ({ socket }) => void socket.destroy() });
            httpRouter.use((request: Request, response: Response) => onward.request(request, response));
          },
        }),
    }) as unknown as RegistrationsFeature;
    const part = { owner, modules: [], features: [plugin], services: [], packageDirs: {} };
    check.#generation = await Generation.start(
      pluginId,
      { plugin: part, modules: [] },
      { ...host, policy, traffic: undefined, ownServices: withoutDatabase(host) },
    );
    return check;
  }

  /**
   * Opens a path that the process declares for its plugin, or for a module of it; false if the policy or the pattern forbids
   * it.
   */
  open({ path, allow, owner = this.#owner }: DeclaredRoute): boolean {
    const key = `${owner} ${allow} ${path}`;
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      // Paths of the plugin's own bundle are checked where they are declared.
      const mayOpen = owner === this.#owner || this.#policy.mayOpen(owner, this.#pluginId, { path, allow }, true);
      opened = mayOpen && isModest(path) && this.#tryOpen({ path, allow });
      this.#opened.set(key, opened);
    }
    return opened;
  }

  /**
   * Accepts the WebSockets of a path that the process declares: with a session, unless the path is open and the policy allows
   * that. A path stays as first declared.
   */
  addWebSocket({ path, open, owner = this.#owner }: DeclaredWebSocket): void {
    if (this.#webSockets.has(path) || this.#webSockets.size >= MOST_WEB_SOCKETS || path.length > LONGEST_PATH) return;
    this.#webSockets.add(path);
    const mayOpen =
      open &&
      (owner === this.#owner || this.#policy.mayOpen(owner, this.#pluginId, { path, allow: 'unauthenticated' }, true));
    try {
      this.#addWebSocket({
        path,
        handler: ({ request, socket, head }) => this.#onward.webSocket({ request, socket, head }),
        ...(mayOpen && { authPolicy: 'unauthenticated' }),
      });
    } catch (error) {
      // Backstage would not have accepted this path from the plugin.
      this.#logger.warn(`Plugin '${this.#pluginId}' gets no WebSockets at ${path}: ${(error as Error).message}`);
    }
  }

  /** Forwards a request below the plugin's own path once it has a session, or needs none. */
  handle(request: Request, response: Response, next: (fault?: unknown) => void): void {
    if (request.method === 'GET' && request.path === KEYS) this.#onward.request(request, response);
    else this.#generation.handle(`/api/${this.#pluginId}`, request, response, next);
  }

  async stop(): Promise<void> {
    await this.#generation.stop();
  }

  #tryOpen(route: Pick<DeclaredRoute, 'path' | 'allow'>): boolean {
    const before = this.#generation.openedRoutes.length;
    try {
      this.#open(route);
      return this.#generation.openedRoutes.length > before;
    } catch {
      return false;
    }
  }
}

function isModest(path: string): boolean {
  return path.length <= LONGEST_PATH && path.split('{').length <= MOST_GROUPS + 1;
}

/**
 * The check verifies tokens and signs none, so it needs no database; Backstage's auth service requires one. A portal's own
 * auth service gets the plugin's.
 */
function withoutDatabase({ services }: Pick<GenerationHost, 'services'>): ServiceFeature[] {
  const auth = services.original(coreServices.auth);
  if (!(defaultServiceFactories as unknown as ServiceFeature[]).includes(auth)) return [];
  const database: DatabaseService = {
    getClient: () =>
      Promise.resolve((() => {
        throw new Error('The session check has no database');
      }) as unknown as Awaited<ReturnType<DatabaseService['getClient']>>),
    migrations: { skip: true },
  };
  const { $$type, version, featureType, service } = services.original(coreServices.database);
  return [{ $$type, version, featureType, service, deps: {}, factory: () => Promise.resolve(database) }];
}
