import { createFrontendFeatureLoader, type ConfigApi } from '@backstage/frontend-plugin-api';
import { createInstance } from '@module-federation/runtime';
import { listRemotes, type Remote } from './listRemotes';
import { loadRemote, type Federation, type RemoteFeature } from './loadRemote';
import { pageRemotes } from './pageRemotes';
import { sharedPackages } from './sharedPackages';

/** Ids of the plugins that the app itself consists of: a remote that came under one would replace it. */
const OWN_IDS = new Set(['app', 'plugins', 'showcase']);

/** What the frontend plugins of the portal bring. Those that fail are left out and noted in {@link pageRemotes}. */
export const remoteFeatures = createFrontendFeatureLoader({
  async loader({ config }) {
    const remotes = await listOrNone(config);
    const federation = createInstance({
      name: 'portal',
      remotes: remotes.map(({ remoteInfo }) => ({ ...remoteInfo, type: 'global' })),
      shared: sharedPackages,
    });
    const loaded = await Promise.all(remotes.map((remote) => load(federation, remote)));
    const taken = new Map<string, string>();
    return loaded.flatMap(({ remote, features, failure: fault }) => {
      const { packageName, version, digest } = remote;
      const failure = fault ?? conflict(features, packageName, taken);
      pageRemotes.push({ packageName, version, digest, ...(failure !== undefined && { failure }) });
      return failure === undefined ? features : [];
    });
  },
});

async function listOrNone(config: ConfigApi): Promise<Remote[]> {
  try {
    return await listRemotes(config);
  } catch (error) {
    // The portal's own pages are of use without them.
    console.error('The frontend plugins of the portal are not there.', error);
    return [];
  }
}

async function load(
  federation: Federation,
  remote: Remote,
): Promise<{ remote: Remote; features: RemoteFeature[]; failure?: string }> {
  try {
    return { remote, features: await loadRemote(federation, remote) };
  } catch (error) {
    console.error(`${remote.packageName} could not be loaded.`, error);
    return { remote, features: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Of two plugins with one id Backstage takes the later one: neither the app nor another plugin may be replaced so. */
function conflict(features: RemoteFeature[], packageName: string, taken: Map<string, string>): string | undefined {
  for (const feature of features) {
    const { $$type, pluginId: id } = feature as { $$type: string; pluginId?: string };
    if ($$type !== '@backstage/FrontendPlugin' || id === undefined) continue;
    if (OWN_IDS.has(id)) return `The id '${id}' belongs to the portal itself.`;
    const holder = taken.get(id);
    if (holder !== undefined) return `The id '${id}' belongs to ${holder}.`;
    taken.set(id, packageName);
  }
  return undefined;
}
