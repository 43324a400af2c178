import { Progress } from '@backstage/core-components';
import type { CreateAppOptions as BackstageOptions } from '@backstage/frontend-defaults';
import type { FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import { lazy, Suspense, type JSX } from 'react';
import { appFeatures } from './appFeatures';
import { IsolatedApp } from './IsolatedApp';
import { loadConfig } from './pageConfig';
import { remotesLoader } from './remotesLoader';

/** Options of {@link createApp}: those of Backstage, and what is loaded from the portal. */
export interface CreateAppOptions extends BackstageOptions {
  /**
   * Loaders whose features the app is to survive, for example `dynamicFrontendFeaturesLoader()` of
   * `@backstage/frontend-dynamic-feature-loader`. Default: `remotesLoader()`.
   */
  remotes?: FrontendFeatureLoader[];
}

/**
 * As `createApp` of `@backstage/frontend-defaults`, for apps whose frontend plugins come from a running portal: what is wrong with one of
 * those costs that plugin, and not the app.
 */
export function createApp({ remotes = [remotesLoader()], ...options }: CreateAppOptions = {}): {
  createRoot(): JSX.Element;
} {
  const { loadingElement = <Progress />, configLoader = loadConfig, ...advanced } = options.advanced ?? {};
  const App = lazy(async () => {
    const { config } = await configLoader();
    const { given, own, remotes: loaded } = await appFeatures({ config, features: options.features ?? [], remotes });
    const setup = { config, own: [...given, ...own], bindRoutes: options.bindRoutes, advanced };
    return { default: () => <IsolatedApp setup={setup} remotes={loaded} /> };
  });
  return {
    createRoot: () => (
      <Suspense fallback={loadingElement}>
        <App />
      </Suspense>
    ),
  };
}
