import { createPermission } from '@backstage/plugin-permission-common';

/** What every write of the admin API needs. */
export const managePermission = createPermission({
  name: 'dynamic-plugins.manage',
  attributes: { action: 'update' },
});
