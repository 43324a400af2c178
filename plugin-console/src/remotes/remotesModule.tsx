import { AppRootElementBlueprint, createFrontendModule } from '@backstage/frontend-plugin-api';
import { RemotesNotice } from './RemotesNotice';

/** Tells people what happens to the frontend plugins of the portal, wherever they are in the app. Needs the console's plugin. */
export const remotesModule = createFrontendModule({
  pluginId: 'app',
  extensions: [AppRootElementBlueprint.make({ name: 'remotes', params: { element: <RemotesNotice /> } })],
});
