import {
  ApiBlueprint,
  createFrontendPlugin,
  createRouteRef,
  discoveryApiRef,
  fetchApiRef,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { RiPlugLine } from '@remixicon/react';
import { AdminClient, adminApiRef } from './api/AdminClient';

const rootRoute = createRouteRef();

/** The console of dynamic plugins, at `/plugins`. */
export const consolePlugin = createFrontendPlugin({
  pluginId: 'plugins',
  title: 'Plugins',
  icon: <RiPlugLine />,
  routes: { root: rootRoute },
  extensions: [
    ApiBlueprint.make({
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
        routeRef: rootRoute,
        loader: async () => {
          const { ConsolePage } = await import('./ConsolePage');
          return <ConsolePage />;
        },
      },
    }),
  ],
});
