import { createFrontendFeatureLoader, type FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import { appFeatures } from './appFeatures';
import type { CreateAppOptions } from './createApp';
import { fitRemotes } from './fitRemotes';
import { leftOutBefore, reloadWithoutOnError } from './leftOut';
import { remotesLoader } from './remotesLoader';

/** Options of {@link withRemotes}. */
export interface WithRemotesOptions extends Pick<CreateAppOptions, 'bindRoutes'> {
  /** The features of the app itself. */
  features: NonNullable<CreateAppOptions['features']>;
  /**
   * Loaders whose features the app is to survive, for example `dynamicFrontendFeaturesLoader()` of
   * `@backstage/frontend-dynamic-feature-loader`. Default: `remotesLoader()`.
   */
  remotes?: FrontendFeatureLoader[];
  /** Those of `createApp` that change how extensions are made. */
  advanced?: Pick<NonNullable<CreateAppOptions['advanced']>, 'extensionFactoryMiddleware' | 'pluginInfoResolver'>;
}

/**
 * All features of an app for the `createApp` of Backstage, those of frontend plugins among them that a running portal serves. The app is
 * first wired on trial, unseen, and what would make it an error page is left out.
 */
export function withRemotes({
  features,
  remotes = [remotesLoader()],
  bindRoutes,
  advanced,
}: WithRemotesOptions): FrontendFeatureLoader {
  return createFrontendFeatureLoader({
    async loader({ config }) {
      const { given, own, remotes: loaded } = await appFeatures({ config, features, remotes });
      const baseUrl = config.getString('backend.baseUrl');
      const setup = { config, own: [...given, ...own], bindRoutes, advanced };
      const fit = await fitRemotes(setup, await leftOutBefore(baseUrl, loaded));
      reloadWithoutOnError(baseUrl, fit);
      return [...own, ...fit.flatMap((remote) => remote.features)];
    },
  });
}
