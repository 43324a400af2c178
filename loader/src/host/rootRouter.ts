import { coreServices } from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import type { AnyServiceRef, Deps } from './features';

/** True for the ref of the root HTTP router, whose routes are outside the session check. */
export function isRootRouter(ref: AnyServiceRef): boolean {
  return ref.id === coreServices.rootHttpRouter.id;
}

/**
 * Refuses the root router where it cannot be confined to listed paths: to feature loaders and service factories.
 * Throws ROOT_ROUTE_REFUSED.
 */
export function refuseRootRouter(who: string, deps: Deps | undefined): void {
  if (Object.values(deps ?? {}).some(isRootRouter)) {
    throw new StagedoorError('ROOT_ROUTE_REFUSED', `${who} depends on the root HTTP router, which it may not use.`);
  }
}
