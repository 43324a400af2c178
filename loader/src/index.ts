export { createDynamicBackend } from './createDynamicBackend';
export { defaultServiceFactories } from './host/defaultServiceFactories';
export type { PluginState, PluginStatus } from './runtime/states';
export type { HostManifest } from './validate/host';
export type { OpenedRoute } from './start/openedRoutes';
