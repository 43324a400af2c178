import { resolveAsyncFeatures } from '@backstage/frontend-defaults';
import {
  createFrontendFeatureLoader,
  type ConfigApi,
  type FrontendFeature,
  type FrontendFeatureLoader,
} from '@backstage/frontend-plugin-api';
import { loadModuleFederationHostShared } from '@backstage/module-federation-common';
import { createInstance } from '@module-federation/runtime';
import { listRemotes, type Remote } from './listRemotes';
import { loadRemote, messageOf, type Federation } from './loadRemote';
import { noteOrigin, pluginIds } from './origins';
import { notePage } from './pageRemotes';

/** Options of {@link remotesLoader}. */
export interface RemotesLoaderOptions {
  /** What remotes take from the app. Default: what the app was built to share, see `@backstage/module-federation-common`. */
  shared?: Parameters<typeof createInstance>[0]['shared'];
}

/** A remote whose code is in the page. */
interface LoadedRemote {
  remote: Remote;
  features: FrontendFeature[];
  failure?: string;
}

/**
 * Loads the frontend plugins that the portal serves, by the contract of `dynamicFrontendFeaturesLoader` of
 * `@backstage/frontend-dynamic-feature-loader`: every exposed module, every feature. A remote that cannot be loaded in time, brings
 * nothing that this app knows, or comes under an id that is taken, is left out; `remotesModule` says why.
 */
export function remotesLoader({ shared }: RemotesLoaderOptions = {}): FrontendFeatureLoader {
  return createFrontendFeatureLoader({
    async loader({ config }) {
      const remotes = await listRemotes(config.getString('backend.baseUrl'));
      if (remotes.length === 0) {
        notePage([]);
        return [];
      }
      const federation = createInstance({
        name: 'stagedoor_app',
        remotes: remotes.map(({ remoteInfo }) => ({ ...remoteInfo, type: 'global' })),
        shared: shared ?? (await sharedByApp()),
      });
      return withoutConflicts(await Promise.all(remotes.map((remote) => load(federation, remote, config))));
    },
  });
}

async function sharedByApp(): Promise<RemotesLoaderOptions['shared']> {
  try {
    const onError = (error: Error): void => console.error(error.message, error.cause);
    return await loadModuleFederationHostShared({ onError });
  } catch (error) {
    console.error(
      'The app shares no packages with frontend plugins: build it with `backstage-cli package build`, or give remotesLoader `shared`.',
      error,
    );
    return {};
  }
}

async function load(federation: Federation, remote: Remote, config: ConfigApi): Promise<LoadedRemote> {
  try {
    const { features, failure } = await loadRemote(federation, remote);
    const resolved = await resolveAsyncFeatures({ config, features });
    return { remote, features: resolved.features, ...(failure !== undefined && { failure }) };
  } catch (error) {
    console.error(`${remote.packageName} could not be loaded.`, error);
    return { remote, features: [], failure: messageOf(error) };
  }
}

/** The features of all remotes but those under an id that is taken; notes what became of each. */
function withoutConflicts(loaded: readonly LoadedRemote[]): FrontendFeature[] {
  const taken = new Map<string, string>();
  const judged = loaded.map((one): LoadedRemote => {
    const failure = conflict(one, taken);
    return failure === undefined ? one : { ...one, features: [], failure };
  });
  for (const { remote, features } of judged) for (const feature of features) noteOrigin(feature, remote);
  notePage(judged.map(({ remote, failure }) => ({ ...remote, ...(failure !== undefined && { failure }) })));
  return judged.flatMap(({ features }) => features);
}

/** Of two plugins with one id Backstage takes the later one: another remote may not be replaced so. */
function conflict({ remote, features }: LoadedRemote, taken: Map<string, string>): string | undefined {
  const ids = pluginIds(features);
  for (const id of ids) {
    const holder = taken.get(id);
    if (holder !== undefined && holder !== remote.packageName) return `${holder} already has the id '${id}'.`;
  }
  for (const id of ids) taken.set(id, remote.packageName);
  return undefined;
}
