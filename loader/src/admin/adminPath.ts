import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';

/** Path of the admin API; also the server URL in its OpenAPI document. */
export const ADMIN_PATH = `/api/${ADMIN_PLUGIN_ID}`;
