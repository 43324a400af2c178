import { createFrontendPlugin, createRouteRef, PageBlueprint } from '@backstage/frontend-plugin-api';
import { Icon } from './Icon';

const rootRoute = createRouteRef();

/** The `__pluginId__` plugin: a page at `/__pluginId__`. Title and icon make it an item of the navigation, too. */
export const __camelId__Plugin = createFrontendPlugin({
  pluginId: '__pluginId__',
  title: '__title__',
  icon: <Icon />,
  routes: { root: rootRoute },
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/__pluginId__',
        routeRef: rootRoute,
        // Imported when a user opens the page.
        loader: async () => {
          const { Page } = await import('./Page');
          return <Page />;
        },
      },
    }),
  ],
});
