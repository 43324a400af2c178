import { coreServices, createBackendModule, resolvePackagePath, type ServiceRef } from '@backstage/backend-plugin-api';
import { configSchemaExtensionPoint, loadCompiledConfigSchema } from '@backstage/plugin-app-node';
import type { DynamicPluginsSchemasService } from './schemas';

/** Lets the app read the values that schemas of dynamic plugins declare visible in the frontend. */
export function frontendSchemasModule(schemasRef: ServiceRef<DynamicPluginsSchemasService, 'root', 'singleton'>) {
  return createBackendModule({
    pluginId: 'app',
    moduleId: 'core-dynamicplugins-frontendSchemas',
    register(env) {
      env.registerInit({
        deps: {
          config: coreServices.rootConfig,
          schemas: schemasRef,
          configSchema: configSchemaExtensionPoint,
        },
        async init({ config, schemas, configSchema }) {
          const appPackage = config.getOptionalString('app.packageName') ?? 'app';
          const compiled = await loadCompiledConfigSchema(resolvePackagePath(appPackage, 'dist'));
          if (!compiled) return;
          configSchema.setConfigSchema((await schemas.addDynamicPluginsSchemas(compiled)).schema);
        },
      });
    },
  });
}
