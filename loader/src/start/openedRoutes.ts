import type {
  HttpRouterService,
  HttpRouterServiceAuthPolicy,
  HttpRouterServiceWebSocketHandler,
} from '@backstage/backend-plugin-api';
import type { Handler, Request } from 'express';
import type { ServiceFeature } from '../host/features';

/** A path that a plugin opened with `addAuthPolicy`, relative to `/api/<pluginId>`. */
export interface OpenedRoute {
  pluginId: string;
  path: string;
  allow: 'unauthenticated' | 'user-cookie';
}

/** An {@link OpenedRoute} and the owner of the part that declared it; absent: the plugin's. */
export interface DeclaredRoute extends OpenedRoute {
  owner?: string;
}

/** A WebSocket path that a plugin registered, relative to `/api/<pluginId>`. */
export interface DeclaredWebSocket {
  path: string;
  /** Backstage does not check the session. */
  open: boolean;
  /** The owner of the part that declared it; absent: the plugin's. */
  owner?: string;
}

/** Who hears of what is done with a plugin's router, with the owner of the code that does it where that is known. */
export interface RouterWatch {
  /** False where the plugin may not open the path. */
  opens(policy: HttpRouterServiceAuthPolicy, owner?: string): boolean;
  /** Sees each request that got past the session check before the plugin does, which does not get what it takes. */
  takes(request: Request): boolean;
  /** A WebSocket path has been registered, open or behind the session check. */
  onWebSocket(path: string, open: boolean, owner?: string): void;
}

/** The router of a plugin, as it is given to one owner. */
const perOwner = new WeakMap<object, (owner: string) => HttpRouterService>();

/**
 * Wraps the (possibly replaced) httpRouter factory so that `watch` hears of what is done with it. A path that may not be
 * opened stays behind the session check.
 */
export function recordingHttpRouter(factory: ServiceFeature, watch: RouterWatch): ServiceFeature {
  return {
    ...factory,
    factory: async (deps, context) => {
      const router = (await factory.factory(deps, context)) as HttpRouterService;
      const recording = (owner?: string): HttpRouterService => {
        // Nothing leads from it to the router itself.
        const own: Omit<HttpRouterService, 'addWebSocketHandler'> & Partial<HttpRouterService> = {
          use: (handler) => router.use(behind(watch.takes, handler)),
          // Read once: what is judged is what is declared.
          addAuthPolicy: ({ path, allow }) => {
            if (watch.opens({ path, allow }, owner)) router.addAuthPolicy({ path, allow });
          },
        };
        if (hasWebSockets(router)) own.addWebSocketHandler = addingWebSockets(router, watch, owner);
        return own as HttpRouterService;
      };
      const shared = recording();
      perOwner.set(shared, recording);
      return shared;
    },
  };
}

/** False for the router of backend-plugin-api before 1.12. */
export function hasWebSockets(router: HttpRouterService): boolean {
  return typeof (router as Partial<HttpRouterService>).addWebSocketHandler === 'function';
}

/** Registers WebSocket paths, those without a session check only where they may be opened. */
function addingWebSockets(
  router: HttpRouterService,
  watch: RouterWatch,
  owner: string | undefined,
): HttpRouterService['addWebSocketHandler'] {
  return (declared) => {
    const judged = openedOnlyIf(declared, (route) => watch.opens(route, owner));
    router.addWebSocketHandler(judged);
    watch.onWebSocket(judged.path, judged.authPolicy !== undefined, owner);
  };
}

/**
 * A WebSocket path as it is registered: without a session check only where it is declared so and `opens` lets it be. Each
 * member is read once: what is judged is what is registered.
 */
export function openedOnlyIf(
  { path, handler, authPolicy }: HttpRouterServiceWebSocketHandler,
  opens: (route: HttpRouterServiceAuthPolicy) => boolean,
): HttpRouterServiceWebSocketHandler {
  const open = authPolicy === 'unauthenticated' && opens({ path, allow: 'unauthenticated' });
  return { path, handler, ...(open && { authPolicy }) };
}

/** The handler, without the requests that `takes` takes; not a layer of its own, which every request would pass. */
function behind(takes: (request: Request) => boolean, handler: Handler): Handler {
  if (Array.isArray(handler)) return handler.map((one: Handler) => behind(takes, one)) as unknown as Handler;
  // Express tells a handler of errors by its four parameters.
  if (typeof handler !== 'function' || handler.length > 3) return handler;
  // What it returns is waited for where it is a promise.
  return (request, response, next): unknown => (takes(request) ? undefined : handler(request, response, next));
}

/** The router as `owner` gets it: what it declares is known to be its own. */
export function routerFor(router: HttpRouterService, owner: string): HttpRouterService {
  return perOwner.get(router)?.(owner) ?? router;
}
