import { createFrontendPlugin, createRouteRef, PageBlueprint } from '@backstage/frontend-plugin-api';
import { RiHome4Line } from '@remixicon/react';

const rootRoute = createRouteRef();

/** The three ways to talk to a backend, at `/`. */
export const showcasePlugin = createFrontendPlugin({
  pluginId: 'showcase',
  title: 'Showcase',
  icon: <RiHome4Line />,
  routes: { root: rootRoute },
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/',
        routeRef: rootRoute,
        loader: async () => {
          const { ShowcasePage } = await import('./ShowcasePage');
          return <ShowcasePage />;
        },
      },
    }),
  ],
});
