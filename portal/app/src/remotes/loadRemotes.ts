import { resolveAsyncFeatures } from '@backstage/frontend-defaults';
import type { ConfigApi, FrontendFeature } from '@backstage/frontend-plugin-api';
import { createInstance } from '@module-federation/runtime';
import type { Remote } from './listRemotes';
import { loadRemote, type Federation } from './loadRemote';
import { pageRemotes } from './pageRemotes';
import { sharedPackages } from './sharedPackages';

/** Ids of the plugins that the app itself consists of: a remote that came under one would replace it. */
const OWN_IDS = new Set(['app', 'plugins', 'showcase']);

/** A remote whose code is in the page. */
export interface LoadedRemote {
  remote: Remote;
  features: FrontendFeature[];
}

/** Loads the code of all remotes and notes in {@link pageRemotes} what became of each. Gives those that did not fail. */
export async function loadRemotes(remotes: readonly Remote[], config: ConfigApi): Promise<LoadedRemote[]> {
  const federation = createInstance({
    name: 'portal',
    remotes: remotes.map(({ remoteInfo }) => ({ ...remoteInfo, type: 'global' })),
    shared: sharedPackages,
  });
  const loaded = await Promise.all(remotes.map((remote) => load(federation, remote, config)));
  const taken = new Map<string, string>();
  return loaded.flatMap(({ remote, features, failure: fault }) => {
    const { packageName, version, digest } = remote;
    const failure = fault ?? conflict(features, packageName, taken);
    pageRemotes.push({ packageName, version, digest, ...(failure !== undefined && { failure }) });
    return failure === undefined ? [{ remote, features }] : [];
  });
}

async function load(
  federation: Federation,
  remote: Remote,
  config: ConfigApi,
): Promise<LoadedRemote & { failure?: string }> {
  try {
    return { remote, ...(await resolveAsyncFeatures({ config, features: await loadRemote(federation, remote) })) };
  } catch (error) {
    console.error(`${remote.packageName} could not be loaded.`, error);
    return { remote, features: [], failure: error instanceof Error ? error.message : String(error) };
  }
}

/** Of two plugins with one id Backstage takes the later one: neither the app nor another plugin may be replaced so. */
function conflict(features: FrontendFeature[], packageName: string, taken: Map<string, string>): string | undefined {
  for (const { $$type, pluginId: id } of features) {
    if ($$type !== '@backstage/FrontendPlugin' || id === undefined) continue;
    if (OWN_IDS.has(id)) return `The id '${id}' belongs to the portal itself.`;
    const holder = taken.get(id);
    if (holder !== undefined) return `The id '${id}' belongs to ${holder}.`;
    taken.set(id, packageName);
  }
  return undefined;
}
