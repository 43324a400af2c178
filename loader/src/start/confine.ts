import { coreServices, type HttpRouterService, type RootHttpRouterService } from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Deps, Impls, ServiceFeature } from '../host/features';
import { isRootRouter } from '../host/rootRouter';
import type { Policy } from '../policy/policy';
import { routerFor } from './openedRoutes';
import { STATIC_OWNER } from '../composition/part';

/** Whose code gets a router, for which plugin, and what it may do with it. */
export interface Confinement {
  owner: string;
  pluginId: string;
  policy: Policy;
}

/**
 * The implementations that code of `owner` gets: routers among them know whose they are, and a bundle's rootHttpRouter
 * mounts listed paths only. What the portal itself brings is not confined.
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

/** A service factory of a bundle whose routers are confined. Root services have no plugin's router. */
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
 * A route on the root router is outside the session check, even below the plugin's own prefix: only what the operator
 * lists is mounted there.
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
