import { Progress } from '@backstage/core-components';
import {
  discoverAvailableFeatures,
  resolveAsyncFeatures,
  type CreateAppOptions as BackstageOptions,
} from '@backstage/frontend-defaults';
import type { FrontendFeature, FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import appPlugin from '@backstage/plugin-app';
import { lazy, Suspense, type JSX } from 'react';
import { IsolatedApp } from './IsolatedApp';
import { isolationModule } from './isolationModule';
import { byOrigin, pluginIds, type RemoteFeatures } from './origins';
import { loadConfig } from './pageConfig';
import { noteFailure } from './pageRemotes';
import { remotesLoader } from './remotesLoader';

/** Options of {@link createApp}: those of Backstage, and what is loaded from the portal. */
export interface CreateAppOptions extends BackstageOptions {
  /**
   * Loaders whose features the app is to survive, e.g. `dynamicFrontendFeaturesLoader()` of
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
    const discovered = discoverAvailableFeatures(config).features;
    const wanted = [...discovered, isolationModule, ...(options.features ?? [])];
    const { features } = await resolveAsyncFeatures({ config, features: wanted });
    const own = [appPlugin, ...features];
    const theirs = await Promise.all(
      remotes.map(async (loader) => (await resolveAsyncFeatures({ config, features: [loader] })).features),
    );
    const loaded = withoutOwnIds(byOrigin(theirs.flat()), own);
    const { bindRoutes } = options;
    return { default: () => <IsolatedApp setup={{ config, own, bindRoutes, advanced }} remotes={loaded} /> };
  });
  return {
    createRoot: () => (
      <Suspense fallback={loadingElement}>
        <App />
      </Suspense>
    ),
  };
}

/** A remote that came under the id of one of the app's own plugins would replace it. */
function withoutOwnIds(remotes: readonly RemoteFeatures[], own: readonly FrontendFeature[]): RemoteFeatures[] {
  const ids = new Set(pluginIds(own));
  return remotes.filter(({ remote, features }) => {
    const taken = pluginIds(features).find((id) => ids.has(id));
    if (taken !== undefined) noteFailure(remote.packageName, `The id '${taken}' belongs to the portal itself.`);
    return taken === undefined;
  });
}
