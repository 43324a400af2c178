import type { FrontendFeature } from '@backstage/frontend-plugin-api';

/** Where a feature came from: a package, as far as that is known. */
export interface Origin {
  packageName: string;
}

const origins = new WeakMap<FrontendFeature, Origin>();

/** Remembers which remote a feature came with. */
export function noteOrigin(feature: FrontendFeature, origin: Origin): void {
  origins.set(feature, origin);
}

/** A remote of the page with all that it brings. */
export interface RemoteFeatures {
  remote: Origin;
  features: FrontendFeature[];
}

/** The ids of the plugins among features; modules are of the plugins of others. */
export function pluginIds(features: readonly FrontendFeature[]): string[] {
  return features.flatMap(({ $$type, pluginId }) =>
    $$type === '@backstage/FrontendPlugin' && pluginId !== undefined ? [pluginId] : [],
  );
}

/** Features by the remote that they came with; those of other loaders each under the id of their plugin. */
export function byOrigin(features: readonly FrontendFeature[]): RemoteFeatures[] {
  const groups = new Map<string, RemoteFeatures>();
  for (const feature of features) {
    const remote = origins.get(feature) ?? { packageName: feature.pluginId ?? 'unknown' };
    const group: RemoteFeatures = groups.get(remote.packageName) ?? { remote, features: [] };
    group.features.push(feature);
    groups.set(remote.packageName, group);
  }
  return [...groups.values()];
}
