import { createApiRef } from '@backstage/frontend-plugin-api';
import type { AdminClient } from './AdminClient';

/** What the portal lets the console see and do; every method throws `AdminError` for what it refuses. */
export type AdminApi = { [Method in keyof AdminClient]: AdminClient[Method] };

/** The admin API of dynamic plugins, for the console and whoever wants to show more. */
export const adminApiRef = createApiRef<AdminApi>().with({
  id: 'plugin.dynamic-plugins.admin',
  pluginId: 'dynamic-plugins',
});
