import { createServiceFactory } from '@backstage/backend-plugin-api';
import { dynamicPluginsSchemasServiceRef } from './refs';
import { addSchemas } from '../validate/composedSchema';
import type { SchemaEntry } from '../validate/configSchema';
import type { ServiceFeature } from '../host/features';

/**
 * `core.dynamicplugins.schemas` in a portal whose bundles come and go: each call asks `list` again. Plugins that send values
 * of app-config to browsers use it to learn which of them the schemas of bundles declare visible.
 */
export function bundleSchemasFactory(list: () => readonly SchemaEntry[]): ServiceFeature {
  return createServiceFactory({
    service: dynamicPluginsSchemasServiceRef,
    deps: {},
    factory: () => ({
      addDynamicPluginsSchemas: async (configSchema) => ({ schema: addSchemas(configSchema, list()) }),
    }),
  }) as unknown as ServiceFeature;
}
