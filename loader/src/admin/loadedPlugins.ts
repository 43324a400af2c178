import { coreServices, createBackendPlugin, type BackendFeature } from '@backstage/backend-plugin-api';
import { isFrontendRole } from '@stagedoor/bundle';
import { Router } from 'express';
import { INFO_PLUGIN_ID } from '../composition/ownPlugins';
import type { RecordedStatus } from '../lifecycle/states';
import { Access } from './access';
import type { AccessRules } from './accessRules';
import { codedErrors } from './codedErrors';
import { readPermission } from './permissions';

/**
 * `GET /api/dynamic-plugins-info/loaded-plugins` as Red Hat Developer Hub answers it (redhat-developer/rhdh,
 * `plugins/dynamic-plugins-info-backend`), for callers with read permission in the admin API.
 */
export function loadedPluginsPlugin(rules: AccessRules, list: () => readonly RecordedStatus[]): BackendFeature {
  return createBackendPlugin({
    pluginId: INFO_PLUGIN_ID,
    register(env) {
      env.registerInit({
        deps: {
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          logger: coreServices.logger,
          permissions: coreServices.permissions,
          userInfo: coreServices.userInfo,
        },
        async init({ httpRouter, logger, ...services }) {
          const access = new Access({ ...services, rules });
          const router = Router();
          router.get('/loaded-plugins', (request, response, next) => {
            access
              .caller(request)
              .then((credentials) => access.check(readPermission, credentials))
              .then(() => response.json(loadedPlugins(list())))
              .catch(next);
          });
          router.use(codedErrors(logger));
          httpRouter.use(router);
        },
      });
    },
  });
}

function loadedPlugins(statuses: readonly RecordedStatus[]): object[] {
  return statuses.flatMap(({ name, role, loaded }) =>
    loaded ? [{ name, version: loaded.version, role, platform: isFrontendRole(role ?? '') ? 'web' : 'node' }] : [],
  );
}
