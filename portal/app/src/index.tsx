import '@backstage/ui/css/styles.css';
import consolePlugin from '@stagedoor/plugin-console';
import { createApp, remotesLoader, remotesModule } from '@stagedoor/plugin-console/remotes';
import { createRoot } from 'react-dom/client';
import { sharedPackages } from './sharedPackages';
import { appModule } from './shell/appModule';
import { showcasePlugin } from './showcase/plugin';

const app = createApp({
  features: [appModule, showcasePlugin, consolePlugin, remotesModule],
  remotes: [remotesLoader({ shared: sharedPackages })],
});

createRoot(document.getElementById('root')!).render(app.createRoot());
