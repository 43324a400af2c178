import { createServiceRef } from '@backstage/backend-plugin-api';
import type { DynamicPluginsFrontendRemotesService } from './frontendRemotes';
import type { DynamicPluginsSchemasService } from './schemas';
import type { DynamicPluginProvider } from './types';

/** The dynamic plugins of a backend; upstream's id, so that plugins written for upstream's loader find it. */
export const dynamicPluginsServiceRef = createServiceRef<DynamicPluginProvider>({
  id: 'core.dynamicplugins',
  scope: 'root',
});

/** Adds the config schemas of dynamic plugins to others; upstream's id. */
export const dynamicPluginsSchemasServiceRef = createServiceRef<DynamicPluginsSchemasService>({
  id: 'core.dynamicplugins.schemas',
  scope: 'root',
});

/** Lets a plugin decide how Module Federation remotes are served; upstream's id. */
export const dynamicPluginsFrontendServiceRef = createServiceRef<DynamicPluginsFrontendRemotesService>({
  id: 'core.dynamicplugins.frontendRemotes',
  scope: 'root',
});
