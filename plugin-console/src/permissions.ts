import { createPermission } from '@backstage/plugin-permission-common';

const plugin = (verb: string, action: 'create' | 'read' | 'update') =>
  createPermission({ name: `dynamic-plugins.plugin.${verb}`, attributes: { action } });

/**
 * The permissions that the portal checks for the console. The console decides nothing by them: it asks the portal what the
 * user may do, and why not. They are exported for policies and for `if` of extensions.
 */
export const consolePermissions = {
  read: plugin('read', 'read'),
  install: plugin('install', 'create'),
  operate: plugin('operate', 'update'),
};
