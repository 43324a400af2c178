import type { FrontendFeature } from '@backstage/frontend-plugin-api';
import appPlugin from '@backstage/plugin-app';
import { consolePlugin } from './console/plugin';
import { remotesModule } from './remotes/remotesModule';
import { appModule } from './shell/appModule';
import { showcasePlugin } from './showcase/plugin';

/** Everything that the app is made of without what it loads from the portal. */
export const features: FrontendFeature[] = [appPlugin, appModule, showcasePlugin, consolePlugin, remotesModule];
