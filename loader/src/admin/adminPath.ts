import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';

/** Where the admin API is; also the server URL of its description. */
export const ADMIN_PATH = `/api/${ADMIN_PLUGIN_ID}`;
