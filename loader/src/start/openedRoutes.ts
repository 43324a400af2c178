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

/** Receives the calls on a plugin's router, with the owner of the calling code, if known. */
export interface RouterWatch {
  /** False if the plugin may not open the path. */
  opens(policy: HttpRouterServiceAuthPolicy, owner?: string): boolean;
  /** Sees each request after the session check and before the plugin, which does not get those it takes. */
  takes(request: Request): boolean;
  /** A WebSocket path has been registered, open or behind the session check. */
  onWebSocket(path: string, open: boolean, owner?: string): void;
}

/** The router of a plugin for one owner. */
const perOwner = new WeakMap<object, (owner: string) => HttpRouterService>();

/**
 * Wraps the (possibly replaced) httpRouter factory so that `watch` receives the calls. A path that may not be opened stays
 * behind the session check.
 */
export function recordingHttpRouter(factory: ServiceFeature, watch: RouterWatch): ServiceFeature {
  return {
    ...factory,
    factory: async (deps, context) => {
      const router = (await factory.factory(deps, context)) as HttpRouterService;
      const recording = (owner?: string): HttpRouterService => {
        // It gives no access to the router itself.
        const own: Omit<HttpRouterService, 'addWebSocketHandler'> & Partial<HttpRouterService> = {
          use: (handler) => router.use(behind(watch.takes, handler)),
          // Read once, so that the checked value is the declared one.
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

/** Registers WebSocket paths; without a session check only if they may be opened. */
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
 * A WebSocket path as registered: without a session check only if it is declared so and `opens` allows it. Each member is
 * read once, so that the checked value is the registered one.
 */
export function openedOnlyIf(
  { path, handler, authPolicy }: HttpRouterServiceWebSocketHandler,
  opens: (route: HttpRouterServiceAuthPolicy) => boolean,
): HttpRouterServiceWebSocketHandler {
  const open = authPolicy === 'unauthenticated' && opens({ path, allow: 'unauthenticated' });
  return { path, handler, ...(open && { authPolicy }) };
}

/** The handler, without the requests that `takes` accepts; not a separate layer, which every request would pass. */
function behind(takes: (request: Request) => boolean, handler: Handler): Handler {
  if (Array.isArray(handler)) return handler.map((one: Handler) => behind(takes, one)) as unknown as Handler;
  // Express recognises error handlers by their four parameters.
  if (typeof handler !== 'function' || handler.length > 3) return handler;
  // What it returns is waited for where it is a promise.
  return (request, response, next): unknown => (takes(request) ? undefined : handler(request, response, next));
}

/** The router for `owner`: its declarations are attributed to it. */
export function routerFor(router: HttpRouterService, owner: string): HttpRouterService {
  return perOwner.get(router)?.(owner) ?? router;
}
