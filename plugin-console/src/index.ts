export { AdminError } from './api/AdminError';
export { adminApiRef, type AdminApi } from './api/adminApiRef';
export type * from './api/types';
export { consolePermissions } from './permissions';
export { consolePlugin, consolePlugin as default } from './plugin';
export { rootRouteRef } from './routes';
export { consoleTranslationRef } from './translation';
