import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { createRouter } from './router';

/** The `__pluginId__` plugin. */
export const __camelId__Plugin = createBackendPlugin({
  pluginId: '__pluginId__',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
      },
      async init({ config, httpAuth, httpRouter, logger }) {
        const greeting = config.getOptionalString('__camelId__.greeting') ?? 'Hello from __pluginId__';
        httpRouter.use(createRouter({ greeting, httpAuth }));
        // Every other path answers 401 without a session by default.
        httpRouter.addAuthPolicy({ path: '/ping', allow: 'unauthenticated' });
        logger.info('Ready');
      },
    });
  },
});
