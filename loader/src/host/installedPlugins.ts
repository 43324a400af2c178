import { coreServices, createServiceRef, type RootInstanceMetadataService } from '@backstage/backend-plugin-api';
import type { AnyServiceRef, Deps, ServiceFeature } from './features';

/** What `rootInstanceMetadata` answers in a portal of units: the plugins of all of them, as they are now. */
export const installedPluginsRef = createServiceRef<RootInstanceMetadataService>({
  id: 'stagedoor.installedPlugins',
  scope: 'root',
}) as unknown as AnyServiceRef;

/**
 * Points dependencies on `core.rootInstanceMetadata` at {@link installedPluginsRef}. Backstage adds its own
 * factory for the former after all others, so an override would lose, and would list one unit's plugin only.
 */
export function withInstalledPlugins(deps: Deps): Deps {
  return Object.fromEntries(
    Object.entries(deps).map(([name, ref]) => [
      name,
      ref.id === coreServices.rootInstanceMetadata.id ? installedPluginsRef : ref,
    ]),
  );
}

/** The answer of `getInstalledPlugins`. */
export type InstalledPlugins = Awaited<ReturnType<RootInstanceMetadataService['getInstalledPlugins']>>;

/** The factory behind {@link installedPluginsRef}; `list` is asked anew at each call. */
export function installedPluginsFactory(list: () => InstalledPlugins | Promise<InstalledPlugins>): ServiceFeature {
  const service: RootInstanceMetadataService = { getInstalledPlugins: async () => list() };
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'service',
    service: installedPluginsRef,
    deps: {},
    factory: async () => service,
  };
}
