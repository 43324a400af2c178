import type { RootHttpRouterService } from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import type { Deps, Impls } from '../host/features';
import { isRootRouter } from '../host/rootRouter';

/** Whose routes are confined, and what it may mount on the root router. */
export interface RootRouteLimits {
  pluginId: string;
  rootRoutes: readonly string[] | undefined;
}

/** The implementations, with a rootHttpRouter among them confined to the listed paths. */
export function confineRootRoutes(refs: Deps, impls: Impls, limits: RootRouteLimits): Impls {
  const names = Object.keys(refs).filter((name) => isRootRouter(refs[name]!));
  if (limits.rootRoutes === undefined || names.length === 0) return impls;
  const confined = { ...impls };
  for (const name of names) confined[name] = confine(impls[name] as RootHttpRouterService, limits);
  return confined;
}

/**
 * A route on the root router is outside the session check, even below the plugin's own prefix: only what the operator
 * lists is mounted there.
 */
function confine(router: RootHttpRouterService, { pluginId, rootRoutes }: RootRouteLimits): RootHttpRouterService {
  return {
    use: (path, handler) => {
      if (!rootRoutes!.includes(path)) {
        throw new StagedoorError(
          'ROOT_ROUTE_REFUSED',
          `Plugin '${pluginId}' mounts '${path}' on the root HTTP router, outside the session check.`,
          {
            hint: `Serve it with coreServices.httpRouter, or list it under dynamicPlugins.auth.rootRoutes.${pluginId}.`,
          },
        );
      }
      router.use(path, handler);
    },
  };
}
