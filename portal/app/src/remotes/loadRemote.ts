import type { FrontendFeature, FrontendFeatureLoader } from '@backstage/frontend-plugin-api';
import type { createInstance } from '@module-federation/runtime';
import type { Remote } from './listRemotes';

/** What a remote may bring. */
export type RemoteFeature = FrontendFeature | FrontendFeatureLoader;

/** Loads remotes into this page. */
export type Federation = ReturnType<typeof createInstance>;

const TIMEOUT_MS = 15_000;
const TYPES = new Set<unknown>([
  '@backstage/FrontendPlugin',
  '@backstage/FrontendModule',
  '@backstage/FrontendFeatureLoader',
]);

/** Loads the code of a remote and gives what it brings. Rejects with the reason, for people, where that is not possible. */
export async function loadRemote(federation: Federation, remote: Remote): Promise<RemoteFeature[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fault = new Error(`It did not load within ${TIMEOUT_MS / 1000} seconds.`);
    timer = setTimeout(() => reject(fault), TIMEOUT_MS);
  });
  try {
    return await Promise.race([featuresOf(federation, remote), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** As Backstage does on the backend's side, `./alpha` comes first: packages that have it support the new system there. */
async function featuresOf(
  federation: Federation,
  { remoteInfo: { name }, exposedModules }: Remote,
): Promise<RemoteFeature[]> {
  const wanted = exposedModules.includes('alpha') ? ['alpha', '.'] : exposedModules;
  for (const module of wanted) {
    const loaded = await federation.loadRemote<{ default?: unknown }>(module === '.' ? name : `${name}/${module}`);
    const feature = loaded?.default;
    if (isFeature(feature)) return [feature];
  }
  throw new Error(
    `None of what it exposes (${exposedModules.join(', ')}) has a plugin of the new frontend system as its default export.`,
  );
}

/** Backstage stops the whole app at a version that it does not know. */
function isFeature(value: unknown): value is RemoteFeature {
  const { $$type, version } = (value ?? {}) as { $$type?: unknown; version?: unknown };
  return TYPES.has($$type) && version === 'v1';
}
