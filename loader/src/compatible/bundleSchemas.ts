import { createServiceFactory } from '@backstage/backend-plugin-api';
import { dynamicPluginsSchemasServiceRef } from './refs';
import { addSchemas } from '../validate/composedSchema';
import type { SchemaEntry } from '../validate/configSchema';
import type { ServiceFeature } from '../host/features';

/**
 * `core.dynamicplugins.schemas` in a portal whose bundles come and go: `list` is asked anew at each call. A plugin that gives
 * values of app-config to browsers asks it which of them the schemas of bundles call visible.
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
