import {
  ApiBlueprint,
  createFrontendPlugin,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { RiPlugLine } from '@remixicon/react';
import { AdminClient } from './api/AdminClient';
import { adminApiRef } from './api/adminApiRef';
import { rootRouteRef } from './routes';

/** The console of dynamic plugins, at `/plugins`. The navigation shows it by its title and icon. */
export const consolePlugin = createFrontendPlugin({
  pluginId: 'dynamic-plugins',
  title: 'Plugins',
  icon: <RiPlugLine />,
  info: { packageJson: () => import('../package.json') },
  routes: { root: rootRouteRef },
  extensions: [
    ApiBlueprint.make({
      name: 'admin',
      params: (define) =>
        define({
          api: adminApiRef,
          deps: { discovery: discoveryApiRef, fetch: fetchApiRef },
          factory: ({ discovery, fetch }) => new AdminClient(discovery, fetch),
        }),
    }),
    PageBlueprint.make({
      params: {
        path: '/plugins',
        routeRef: rootRouteRef,
        loader: async () => {
          const { ConsolePage } = await import('./ConsolePage');
          return <ConsolePage />;
        },
      },
    }),
  ],
});
