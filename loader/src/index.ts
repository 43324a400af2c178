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
export type { HostManifest } from '@stagedoor/bundle';
export type { OpenedRoute } from './start/openedRoutes';
