import { createFrontendModule } from '@backstage/frontend-plugin-api';
import { NavContentBlueprint, SignInPageBlueprint } from '@backstage/plugin-app-react';
import { Navigation } from './Navigation';

/** What this portal does its own way in Backstage's app plugin. */
export const appModule = createFrontendModule({
  pluginId: 'app',
  extensions: [
    NavContentBlueprint.make({ params: { component: Navigation } }),
    SignInPageBlueprint.make({ params: { loader: async () => (await import('./PortalSignIn')).PortalSignIn } }),
  ],
});
