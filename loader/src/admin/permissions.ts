import { createPermission, type BasicPermission } from '@backstage/plugin-permission-common';

/** To see plugins, their logs, health and metrics. */
export const readPermission = createPermission({
  name: 'dynamic-plugins.plugin.read',
  attributes: { action: 'read' },
});

/** To bring code into the portal: install and upload. */
export const installPermission = createPermission({
  name: 'dynamic-plugins.plugin.install',
  attributes: { action: 'create' },
});

/** To enable, disable, reload and roll back plugins. */
export const operatePermission = createPermission({
  name: 'dynamic-plugins.plugin.operate',
  attributes: { action: 'update' },
});

/** To change the settings of plugins. */
export const configurePermission = createPermission({
  name: 'dynamic-plugins.plugin.configure',
  attributes: { action: 'update' },
});

/**
 * The permission for every write.
 * @deprecated Policies that name it are still honoured; new ones name {@link installPermission} and the others.
 */
export const managePermission = createPermission({
  name: 'dynamic-plugins.manage',
  attributes: { action: 'update' },
});

/** All permissions of the admin API. */
export const PERMISSIONS: readonly BasicPermission[] = [
  readPermission,
  installPermission,
  operatePermission,
  configurePermission,
  managePermission,
];

/** True for every permission of dynamic plugins except the one to read. */
export function isWrite({ name }: { name: string }): boolean {
  return name.startsWith('dynamic-plugins.') && name !== readPermission.name;
}
