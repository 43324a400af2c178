import type { CreateAppOptions } from '@backstage/frontend-defaults';
import { consolePlugin } from './console/plugin';
import { remoteFeatures } from './remotes/remoteFeatures';
import { remotesModule } from './remotes/remotesModule';
import { appModule } from './shell/appModule';
import { showcasePlugin } from './showcase/plugin';

/** Everything that the app is made of beside Backstage's own app plugin. */
export const features: NonNullable<CreateAppOptions['features']> = [
  appModule,
  showcasePlugin,
  consolePlugin,
  remotesModule,
  remoteFeatures,
];
