import { coreServices, createBackendPlugin } from '@backstage/backend-plugin-api';
import { migrate } from './migrations';
import { createRouter } from './router';
import { scheduleCount } from './task';
import { ThingStore } from './things';

/**
 * The `hello` plugin. An ordinary Backstage plugin: no code in it refers to dynamic loading.
 */
export const helloPlugin = createBackendPlugin({
  pluginId: 'hello',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        database: coreServices.database,
        httpAuth: coreServices.httpAuth,
        httpRouter: coreServices.httpRouter,
        logger: coreServices.logger,
        scheduler: coreServices.scheduler,
        userInfo: coreServices.userInfo,
      },
      async init({ config, database, httpAuth, httpRouter, logger, scheduler, userInfo }) {
        const client = await database.getClient();
        if (!database.migrations?.skip) await migrate(client);

        const things = new ThingStore(client);
        const greeting = config.getOptionalString('hello.greeting') ?? 'Hello from a dynamic plugin';
        httpRouter.use(createRouter({ greeting, things, httpAuth, userInfo }));
        // Every other path requires a session by default and answers 401 without one.
        httpRouter.addAuthPolicy({ path: '/ping', allow: 'unauthenticated' });

        await scheduleCount({ scheduler, things, logger });
      },
    });
  },
});
