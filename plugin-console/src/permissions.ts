import { createPermission } from '@backstage/plugin-permission-common';

const plugin = (verb: string, action: 'create' | 'read' | 'update') =>
  createPermission({ name: `dynamic-plugins.plugin.${verb}`, attributes: { action } });

/**
 * The permissions that the portal asks for what the console shows and does. The console decides nothing by them: it asks the
 * portal what the user may do, and says why not. They are here for policies and for `if` of extensions.
 */
export const consolePermissions = {
  read: plugin('read', 'read'),
  install: plugin('install', 'create'),
  operate: plugin('operate', 'update'),
};
