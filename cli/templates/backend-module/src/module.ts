import { coreServices, createBackendModule } from '@backstage/backend-plugin-api';
import { createRouter } from './router';

/** The module `__moduleId__` of the plugin `__pluginId__`. */
export const __camelId__Module = createBackendModule({
  pluginId: '__pluginId__',
  moduleId: '__moduleId__',
  register(env) {
    env.registerInit({
      // Most modules depend on an extension point of the plugin here, which its node package exports.
      deps: {
        config: coreServices.rootConfig,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
      },
      async init({ config, httpRouter, logger }) {
        const greeting = config.getOptionalString('__camelId__.greeting') ?? 'Hello from __moduleId__';
        httpRouter.use(createRouter({ greeting }));
        logger.info('__moduleId__ is ready');
      },
    });
  },
});
