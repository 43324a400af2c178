import { coreServices, type RootHttpRouterService } from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import type { AnyServiceRef, Deps, Impls } from '../host/features';

/** Whose routes are confined, and what it may mount besides its own prefix. */
export interface RootRouteLimits {
  pluginId: string;
  rootRoutes: readonly string[] | undefined;
}

/** The implementations, with a rootHttpRouter among them confined to `/api/<pluginId>` and the listed paths. */
export function confineRootRoutes(refs: Deps, impls: Impls, limits: RootRouteLimits): Impls {
  const names = Object.keys(refs).filter((name) => isRootHttpRouter(refs[name]!));
  if (limits.rootRoutes === undefined || names.length === 0) return impls;
  const confined = { ...impls };
  for (const name of names) confined[name] = confine(impls[name] as RootHttpRouterService, limits);
  return confined;
}

/** Refuses rootHttpRouter where it cannot be confined: in feature loaders and default service factories. */
export function refuseRootRouter(who: string, deps: Deps | undefined): void {
  if (Object.values(deps ?? {}).some(isRootHttpRouter)) {
    throw new StagedoorError('ROOT_ROUTE_REFUSED', `${who} depends on the root HTTP router, which it may not use.`);
  }
}

function isRootHttpRouter(ref: AnyServiceRef): boolean {
  return ref.id === coreServices.rootHttpRouter.id;
}

function confine(router: RootHttpRouterService, { pluginId, rootRoutes }: RootRouteLimits): RootHttpRouterService {
  const prefix = `/api/${pluginId}`.toLowerCase();
  return {
    use: (path, handler) => {
      const wanted = String(path).replace(/\/+$/, '').toLowerCase();
      const plain = !/[^a-z0-9/._~-]/.test(wanted);
      const inside = plain && (wanted === prefix || wanted.startsWith(`${prefix}/`));
      if (!inside && !rootRoutes!.includes(path)) {
        throw new StagedoorError(
          'ROOT_ROUTE_REFUSED',
          `Plugin '${pluginId}' asked for the HTTP path '${path}' outside /api/${pluginId}.`,
          {
            hint: `Serve it with coreServices.httpRouter, or list it under dynamicPlugins.auth.rootRoutes.${pluginId}.`,
          },
        );
      }
      router.use(path, handler);
    },
  };
}
