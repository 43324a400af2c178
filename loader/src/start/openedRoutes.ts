import type { HttpRouterService, HttpRouterServiceAuthPolicy } from '@backstage/backend-plugin-api';
import type { RequestHandler } from 'express';
import type { ServiceFeature } from '../host/features';

/** A path that a plugin opened with `addAuthPolicy`, relative to `/api/<pluginId>`. */
export interface OpenedRoute {
  pluginId: string;
  path: string;
  allow: 'unauthenticated' | 'user-cookie';
}

/**
 * Wraps the (possibly overridden) httpRouter factory so that every auth policy is also reported, and `first` sees each
 * request that got past the session check before the plugin does.
 */
export function recordingHttpRouter(
  factory: ServiceFeature,
  onPolicy: (policy: HttpRouterServiceAuthPolicy) => void,
  first: RequestHandler,
): ServiceFeature {
  return {
    ...factory,
    factory: async (deps, context) => {
      const router = (await factory.factory(deps, context)) as HttpRouterService;
      router.use(first);
      const recording: HttpRouterService = {
        use: (handler) => router.use(handler),
        addAuthPolicy: (policy) => {
          router.addAuthPolicy(policy);
          onPolicy(policy);
        },
      };
      return Object.setPrototypeOf(recording, router as object) as HttpRouterService;
    },
  };
}
