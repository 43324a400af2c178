import { createFrontendModule, ErrorDisplay } from '@backstage/frontend-plugin-api';
import { NavContentBlueprint, SignInPageBlueprint, SwappableComponentBlueprint } from '@backstage/plugin-app-react';
import { Navigation } from './Navigation';
import { PluginError } from './PluginError';

/** What this portal does its own way in Backstage's app plugin. */
export const appModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    NavContentBlueprint.make({ params: { component: Navigation } }),
    SwappableComponentBlueprint.make({
      name: 'core-error-display',
      params: (define) => define({ component: ErrorDisplay, loader: () => PluginError }),
    }),
    SignInPageBlueprint.make({ params: { loader: async () => (await import('./PortalSignIn')).PortalSignIn } }),
  ],
});
