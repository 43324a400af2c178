/** The plugin that carries the runtime and its admin API inside the host backend. */
export const ADMIN_PLUGIN_ID = 'dynamic-plugins';

/** The plugin that tells what is loaded in the way of Red Hat Developer Hub. */
export const INFO_PLUGIN_ID = 'dynamic-plugins-info';
