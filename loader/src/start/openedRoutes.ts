import type { HttpRouterService, HttpRouterServiceAuthPolicy } from '@backstage/backend-plugin-api';
import type { RequestHandler } from 'express';
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
 * code that declares it where that is known, and `first` sees each request that got past the session check before the
 * plugin does.
 */
export function recordingHttpRouter(
  factory: ServiceFeature,
  opens: (policy: HttpRouterServiceAuthPolicy, owner?: string) => boolean,
  first: RequestHandler,
): ServiceFeature {
  return {
    ...factory,
    factory: async (deps, context) => {
      const router = (await factory.factory(deps, context)) as HttpRouterService;
      router.use(first);
      const recording = (owner?: string): HttpRouterService => {
        const own: HttpRouterService = {
          use: (handler) => router.use(handler),
          // Read once: what is judged is what is declared.
          addAuthPolicy: ({ path, allow }) => {
            if (opens({ path, allow }, owner)) router.addAuthPolicy({ path, allow });
          },
        };
        return Object.setPrototypeOf(own, router as object) as HttpRouterService;
      };
      const shared = recording();
      perOwner.set(shared, recording);
      return shared;
    },
  };
}

/** The router as `owner` gets it: what it declares is known to be its own. */
export function routerFor(router: HttpRouterService, owner: string): HttpRouterService {
  return perOwner.get(router)?.(owner) ?? router;
}
