import { coreServices, createBackendPlugin, type BackendFeature } from '@backstage/backend-plugin-api';
import { isFrontendRole } from '@stagedoor/bundle';
import { Router } from 'express';
import { INFO_PLUGIN_ID } from '../runtime/ownPlugins';
import type { PluginStatus } from '../runtime/states';

/**
 * `GET /api/dynamic-plugins-info/loaded-plugins` as Red Hat Developer Hub answers it
 * (redhat-developer/rhdh, `plugins/dynamic-plugins-info-backend`), for signed-in users.
 */
export function loadedPluginsPlugin(list: () => readonly PluginStatus[]): BackendFeature {
  return createBackendPlugin({
    pluginId: INFO_PLUGIN_ID,
    register(env) {
      env.registerInit({
        deps: { httpAuth: coreServices.httpAuth, httpRouter: coreServices.httpRouter },
        async init({ httpAuth, httpRouter }) {
          const router = Router();
          router.get('/loaded-plugins', (request, response, next) => {
            httpAuth
              .credentials(request, { allow: ['user'] })
              .then(() => response.json(loadedPlugins(list())))
              .catch(next);
          });
          httpRouter.use(router);
        },
      });
    },
  });
}

function loadedPlugins(statuses: readonly PluginStatus[]): object[] {
  return statuses.flatMap(({ name, role, loaded }) =>
    loaded ? [{ name, version: loaded.version, role, platform: isFrontendRole(role ?? '') ? 'web' : 'node' }] : [],
  );
}
