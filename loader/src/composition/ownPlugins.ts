/** The plugin that contains the runtime and its admin API in the host backend. */
export const ADMIN_PLUGIN_ID = 'dynamic-plugins';

/** The plugin that lists loaded plugins in the format of Red Hat Developer Hub. */
export const INFO_PLUGIN_ID = 'dynamic-plugins-info';
