import type { HostManifest as DescribedHost } from '@stagedoor/bundle';

export { createDynamicBackend } from './createDynamicBackend';
export { dynamicPluginsFeatureLoader, type DynamicPluginsFeatureLoaderOptions } from './dynamicPluginsFeatureLoader';
export {
  dynamicPluginsFrontendServiceRef,
  dynamicPluginsSchemasServiceRef,
  dynamicPluginsServiceRef,
} from './compatible/refs';
export { rootConfigServiceFactory, type RootConfigOptions } from './host/rootConfig';
export type * from './compatible/types';
export type { PluginState, PluginStatus } from './lifecycle/states';
export type { OpenedRoute } from './start/openedRoutes';

/**
 * The host manifest of a portal: what it is and what it shares with bundles. The answer of `GET
 * /api/dynamic-plugins/v1/host`.
 */
export type HostManifest = DescribedHost;
