import type { HttpRouterService, HttpRouterServiceAuthPolicy } from '@backstage/backend-plugin-api';
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

/** The router of a plugin, as it is given to one owner. */
const perOwner = new WeakMap<object, (owner: string) => HttpRouterService>();

/**
 * Wraps the (possibly replaced) httpRouter factory so that every auth policy first passes `opens`, with the owner of the
 * code that declares it where that is known, and `takes` sees each request that got past the session check before the
 * plugin does, which does not get what it takes.
 */
export function recordingHttpRouter(
  factory: ServiceFeature,
  opens: (policy: HttpRouterServiceAuthPolicy, owner?: string) => boolean,
  takes: (request: Request) => boolean,
): ServiceFeature {
  return {
    ...factory,
    factory: async (deps, context) => {
      const router = (await factory.factory(deps, context)) as HttpRouterService;
      const recording = (owner?: string): HttpRouterService => {
        // Nothing leads from it to the router itself.
        const own: HttpRouterService = {
          use: (handler) => router.use(behind(takes, handler)),
          // Read once: what is judged is what is declared.
          addAuthPolicy: ({ path, allow }) => {
            if (opens({ path, allow }, owner)) router.addAuthPolicy({ path, allow });
          },
        };
        return own;
      };
      const shared = recording();
      perOwner.set(shared, recording);
      return shared;
    },
  };
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
