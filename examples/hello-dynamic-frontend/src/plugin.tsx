import { createFrontendPlugin, createRouteRef, PageBlueprint } from '@backstage/frontend-plugin-api';
import { WavingHand } from './WavingHand';

const rootRoute = createRouteRef();

/** A page at `/hello`. Title and icon make it an item of the navigation, too. */
export const helloPlugin = createFrontendPlugin({
  pluginId: 'hello',
  title: 'Hello',
  icon: <WavingHand />,
  routes: { root: rootRoute },
  extensions: [
    PageBlueprint.make({
      params: {
        path: '/hello',
        routeRef: rootRoute,
        // Imported when a user opens the page.
        loader: async () => {
          const { HelloPage } = await import('./HelloPage');
          return <HelloPage />;
        },
      },
    }),
  ],
});
