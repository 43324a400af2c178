import { createFrontendPlugin, createRouteRef, PageBlueprint } from '@backstage/frontend-plugin-api';
import { RiPlugLine } from '@remixicon/react';

const rootRoute = createRouteRef();

/** The console of dynamic plugins, at `/plugins`. */
export const consolePlugin = createFrontendPlugin({
  pluginId: 'plugins',
  title: 'Plugins',
  icon: <RiPlugLine />,
  routes: { root: rootRoute },
  extensions: [
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
