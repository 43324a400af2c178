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

/** Where what has passed the check goes. */
export interface Onward {
  request(request: Request, response: Response): void;
  webSocket(upgrade: WebSocketUpgrade): void;
}

/** Patterns with more than this many optional groups take long to compile: each doubles what has to be tried. */
const MOST_GROUPS = 4;
const LONGEST_PATH = 500;
const MOST_WEB_SOCKETS = 100;

/** Where a plugin offers the keys that its tokens are signed with: public, and known to its process alone. */
const KEYS = '/.backstage/auth/v1/jwks.json';

/**
 * Backstage's own session check in front of a plugin that runs in a process of its own: nothing that a caller without a
 * session sends gets to the process, apart from paths that the plugin opened and policy lets it open. It is made of the same
 * httpRouter service as that of a plugin which runs in the portal, for the same plugin id.
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

  /** Makes the check for the plugin of the bundle `owner`; what passes goes `onward`. Rejects with `StartFailure`. */
  static async start(pluginId: string, owner: string, host: GenerationHost, onward: Onward): Promise<SessionCheck> {
    // The process tells of its decisions itself, and its requests are counted where they are forwarded.
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

  /** Opens a path as the process says its plugin, or a module of it, did; false where policy, or the pattern, forbids it. */
  open({ path, allow, owner = this.#owner }: DeclaredRoute): boolean {
    const key = `${owner} ${allow} ${path}`;
    let opened = this.#opened.get(key);
    if (opened === undefined) {
      // What the plugin's own bundle opens is judged where it is declared.
      const mayOpen = owner === this.#owner || this.#policy.mayOpen(owner, this.#pluginId, { path, allow }, true);
      opened = mayOpen && isModest(path) && this.#tryOpen({ path, allow });
      this.#opened.set(key, opened);
    }
    return opened;
  }

  /**
   * Takes the WebSockets of a path as the process says its plugin does: with a session, unless the path is open and policy
   * lets it be. A path stays as it was first declared.
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
      // Not a path that Backstage would have taken from the plugin.
      this.#logger.warn(`Plugin '${this.#pluginId}' gets no WebSockets at ${path}: ${(error as Error).message}`);
    }
  }

  /** Sends a request below the plugin's own path onward once it has a session, or needs none. */
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
 * The check reads tokens and signs none, so it needs no database; Backstage's auth service asks for one before it knows. A
 * portal's own auth service gets the plugin's.
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
