import { describeRegistrations, type Contribution } from '../composition/contribution';
import { expandFeatures } from '../host/expandFeatures';
import type { Deps, RegistrationsFeature, ServiceFeature } from '../host/features';
import { refuseRootRouter } from '../host/rootRouter';
import type { RootServices } from '../host/rootServices';
import { timed } from '../observability/timing/timed';
import type { Policy } from '../policy/policy';
import { packageDirs, type StagedBundle } from '../stage/stagedBundle';
import { pluginIdInvalid, noPluginId } from './errors';
import { loadFeatures } from './loadFeatures';

/**
 * Loads a bundle and returns its contribution. Throws the codes of `loadFeatures`, REGISTER_FAILED, NO_PLUGIN_ID,
 * PLUGIN_ID_INVALID, SERVICE_REPLACEMENT_REFUSED, ROOT_ROUTE_REFUSED.
 */
export async function contributionOf(
  bundle: StagedBundle,
  services: RootServices,
  policy: Policy,
): Promise<Contribution> {
  const features = await loadFeatures(bundle);
  const expanded = await expandFeatures(
    features,
    (ref) => {
      refuseRootRouter(`A feature loader of ${bundle.name}`, { ref });
      return services.get(ref);
    },
    (factory) => {
      if (isHostService(factory, services)) policy.checkReplacement(bundle, factory.service.id);
      // Its root instance or root context would receive the host's own router.
      refuseRootRouter(`The service '${factory.service.id}' of ${bundle.name}`, factory.deps);
    },
  );
  const contribution = timed('register', undefined, () =>
    describeRegistrations(expanded.registrations, {
      owner: bundle.name,
      features: expanded.registrations,
      services: expanded.services.map(({ factory }) => factory),
      packageDirs: packageDirs(bundle),
      bundle,
    }),
  );
  checkIds(bundle, contribution);
  for (const { deps } of [...initsOf(expanded.registrations), ...contribution.part.services]) {
    await services.checkDefaults(deps);
  }
  if (contribution.pluginIds.length + contribution.modules.length === 0) {
    throw noPluginId(bundle.name);
  }
  return contribution;
}

/** An id is part of a mount path: with a slash it would reach into the paths of another plugin. Throws PLUGIN_ID_INVALID. */
export function checkIds(bundle: StagedBundle, { pluginIds, modules }: Contribution): void {
  const ids = [...pluginIds, ...modules.flatMap(({ pluginId, moduleId }) => [pluginId, moduleId])];
  const bad = ids.find((id) => typeof id !== 'string' || !/^[a-z][a-z0-9_-]*$/i.test(id));
  if (bad === undefined) return;
  throw pluginIdInvalid(bundle.name, bad);
}

function initsOf(features: readonly RegistrationsFeature[]): Array<{ deps: Deps }> {
  return features.flatMap((feature) => feature.getRegistrations().map(({ init }) => init));
}

function isHostService({ service: { id } }: ServiceFeature, services: RootServices): boolean {
  return services.provides(id) || id.startsWith('core.');
}
