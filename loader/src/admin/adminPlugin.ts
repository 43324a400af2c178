import { coreServices, createBackendPlugin, type BackendFeature } from '@backstage/backend-plugin-api';
import type { DynamicPlugins } from '../runtime/dynamicPlugins';
import type { RuntimeOptions } from '../runtime/runtimeOptions';
import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';
import { Access } from './access';
import type { AccessRules } from './accessRules';
import { createAdminRouter } from './adminRouter';
import { Audit } from './audit';
import { EventStreams } from './eventStreams';
import { PERMISSIONS } from './permissions';

/** Options of the admin plugin. */
export interface AdminPluginOptions {
  shutdownDelayMs: number;
  rules: AccessRules;
}

/** The plugin that contains the runtime and its admin API in the host backend. */
export function adminPlugin(
  { rules, shutdownDelayMs }: AdminPluginOptions,
  create: (given: Pick<RuntimeOptions, 'discovery' | 'logger' | 'rootHttpRouter'>) => Promise<DynamicPlugins>,
): BackendFeature {
  return createBackendPlugin({
    pluginId: ADMIN_PLUGIN_ID,
    register(env) {
      env.registerInit({
        deps: {
          auditor: coreServices.auditor,
          discovery: coreServices.discovery,
          httpAuth: coreServices.httpAuth,
          httpRouter: coreServices.httpRouter,
          logger: coreServices.logger,
          permissions: coreServices.permissions,
          permissionsRegistry: coreServices.permissionsRegistry,
          rootHttpRouter: coreServices.rootHttpRouter,
          rootLifecycle: coreServices.rootLifecycle,
          userInfo: coreServices.userInfo,
        },
        async init({ httpRouter, logger, rootLifecycle, ...services }) {
          const plugins = await create({ ...services, logger });
          const streams = new EventStreams(plugins.events, () => plugins.list());
          const audit = new Audit(services.auditor, logger);
          audit.follow(plugins.events);
          rootLifecycle.addStartupHook(() => plugins.started());
          rootLifecycle.addBeforeShutdownHook(async () => {
            await plugins.stop(shutdownDelayMs);
            streams.close();
          });
          services.permissionsRegistry.addPermissions([...PERMISSIONS]);
          // The router checks the session itself, so that a 401 has a coded body as well.
          httpRouter.addAuthPolicy({ path: '/v1', allow: 'unauthenticated' });
          const access = new Access({ ...services, rules });
          const { uploadEnabled } = rules;
          httpRouter.use(createAdminRouter({ plugins, access, uploadEnabled, audit, streams, logger }));
          await plugins.boot();
        },
      });
    },
  });
}
