export { createApp, type CreateAppOptions } from './createApp';
export { loadConfig } from './pageConfig';
export { remotesLoader, type RemotesLoaderOptions } from './remotesLoader';
export { remotesModule } from './remotesModule';
export { withRemotes, type WithRemotesOptions } from './withRemotes';
