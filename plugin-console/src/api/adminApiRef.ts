import { createApiRef } from '@backstage/frontend-plugin-api';
import type { AdminClient } from './AdminClient';

/** The portal's admin API for the console; every method throws `AdminError` for an error of the portal. */
export type AdminApi = { [Method in keyof AdminClient]: AdminClient[Method] };

/** The admin API of dynamic plugins, for the console and other extensions. */
export const adminApiRef = createApiRef<AdminApi>().with({
  id: 'plugin.dynamic-plugins.admin',
  pluginId: 'dynamic-plugins',
});
