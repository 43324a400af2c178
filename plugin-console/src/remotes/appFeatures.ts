import { discoverAvailableFeatures, resolveAsyncFeatures } from '@backstage/frontend-defaults';
import type { ConfigApi, FrontendFeature, FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import appPlugin from '@backstage/plugin-app';
import { guardFeature } from './guardFeature';
import { isolationModule } from './isolationModule';
import { messageOf } from './loadRemote';
import { byOrigin, pluginIds, type RemoteFeatures } from './origins';
import { noteFailure } from './pageRemotes';

/** What an app is made of, before anything is loaded. */
export interface AppParts {
  config: ConfigApi;
  features: ReadonlyArray<FrontendFeature | FrontendFeatureLoader>;
  /** Loaders whose features the app is to survive. */
  remotes: readonly FrontendFeatureLoader[];
}

/** The same, loaded. */
export interface AppFeatures {
  /** Of the app itself: Backstage's own plugin, and those that the build of the app found. */
  given: FrontendFeature[];
  /** What the app was given as its features. */
  own: FrontendFeature[];
  remotes: RemoteFeatures[];
}

/** Loads the features of an app, and those of its remotes that do not take the place of one of them. */
export async function appFeatures({ config, features, remotes }: AppParts): Promise<AppFeatures> {
  const resolve = async (wanted: AppParts['features']): Promise<FrontendFeature[]> =>
    (await resolveAsyncFeatures({ config, features: [...wanted] })).features;
  const given = [appPlugin, ...(await resolve(discoverAvailableFeatures(config).features))];
  const own = await resolve([isolationModule, ...features]);
  const theirs = await Promise.all(remotes.map((loader) => resolve([loader]).catch(noteLoader)));
  const fit = withoutOwnIds(byOrigin(theirs.flat()), [...given, ...own]);
  return { given, own, remotes: fit.map(guardRemote) };
}

function guardRemote({ remote, features }: RemoteFeatures): RemoteFeatures {
  return { remote, features: features.map((feature) => guardFeature(feature, remote.packageName)) };
}

function noteLoader(error: unknown): [] {
  console.error('A loader for frontend plugins failed.', error);
  noteFailure('frontend plugins', messageOf(error));
  return [];
}

/** A remote that came under the id of one of the app's own plugins would replace it. */
function withoutOwnIds(remotes: readonly RemoteFeatures[], own: readonly FrontendFeature[]): RemoteFeatures[] {
  const ids = new Set(pluginIds(own));
  return remotes.filter(({ remote, features }) => {
    const taken = pluginIds(features).find((id) => ids.has(id));
    if (taken !== undefined) noteFailure(remote.packageName, `The portal itself has a plugin with the id '${taken}'.`);
    return taken === undefined;
  });
}
