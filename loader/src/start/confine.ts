import { coreServices, type HttpRouterService, type RootHttpRouterService } from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Deps, Impls, ServiceFeature } from '../host/features';
import { isRootRouter } from '../host/rootRouter';
import type { Policy } from '../policy/policy';
import { routerFor } from './openedRoutes';
import { STATIC_OWNER } from '../composition/part';

/** The owner of the code that gets a router, the plugin, and the permissions. */
export interface Confinement {
  owner: string;
  pluginId: string;
  policy: Policy;
}

/**
 * The implementations for code of `owner`: routers among them know their owner, and a bundle's rootHttpRouter mounts listed
 * paths only. Code of the portal itself is not restricted.
 */
export function confineRouters(refs: Deps, impls: Impls, confinement: Confinement): Impls {
  const confined = { ...impls };
  for (const [name, ref] of Object.entries(refs)) {
    if (isHttpRouter(ref)) confined[name] = routerFor(impls[name] as HttpRouterService, confinement.owner);
    if (!isRootRouter(ref) || confinement.owner === STATIC_OWNER) continue;
    confined[name] = confineRoot(impls[name] as RootHttpRouterService, confinement);
  }
  return confined;
}

/** A service factory of a bundle with restricted routers. Root services have no plugin router. */
export function confineService(factory: ServiceFeature, confinement: Confinement): ServiceFeature {
  if (factory.service.scope === 'root') return factory;
  return {
    ...factory,
    factory: (deps, context) => factory.factory(confineRouters(factory.deps, deps, confinement), context),
  };
}

/** True for the ref of a plugin's own HTTP router, behind the session check. */
export function isHttpRouter(ref: AnyServiceRef): boolean {
  return ref.id === coreServices.httpRouter.id;
}

/**
 * A route on the root router is outside the session check, even below the plugin's own prefix: only paths that the operator
 * lists are mounted.
 */
function confineRoot(router: RootHttpRouterService, { owner, pluginId, policy }: Confinement): RootHttpRouterService {
  return {
    use: (path, handler) => {
      policy.checkRootRoute(owner, pluginId, path);
      router.use(path, handler);
    },
    addWebSocketHandler: ({ path, handler }) => {
      policy.checkRootRoute(owner, pluginId, path);
      router.addWebSocketHandler({ path, handler });
    },
  };
}
