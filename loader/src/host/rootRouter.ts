import { coreServices } from '@backstage/backend-plugin-api';
import { rootRouterRefused } from './errors';
import type { AnyServiceRef, Deps } from './features';

/** True for the ref of the root HTTP router, whose routes are outside the session check. */
export function isRootRouter(ref: AnyServiceRef): boolean {
  return ref.id === coreServices.rootHttpRouter.id;
}

/**
 * Denies the root router to feature loaders and service factories, where it cannot be restricted to listed paths. Throws
 * ROOT_ROUTE_REFUSED.
 */
export function refuseRootRouter(who: string, deps: Deps | undefined): void {
  if (Object.values(deps ?? {}).some(isRootRouter)) {
    throw rootRouterRefused(who);
  }
}
