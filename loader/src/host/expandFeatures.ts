import {
  asFeature,
  type AnyServiceRef,
  type Feature,
  type Impls,
  type LoaderFeature,
  type RegistrationsFeature,
  type ServiceFeature,
} from './features';

/** Features after every feature loader has run. */
export interface ExpandedFeatures {
  registrations: RegistrationsFeature[];
  /** Service factories, with what brought them. */
  services: Array<{ factory: ServiceFeature; origin: 'explicit' | 'loader' }>;
}

/**
 * Runs feature loaders (nested ones too) with root services from `get` and sorts the results. `onService` sees each service
 * immediately, so that a later loader already gets it.
 */
export async function expandFeatures(
  features: readonly Feature[],
  get: (ref: AnyServiceRef) => Promise<unknown>,
  onService: (factory: ServiceFeature, origin: 'explicit' | 'loader') => void,
): Promise<ExpandedFeatures> {
  const expanded: ExpandedFeatures = { registrations: [], services: [] };
  const take = (feature: ServiceFeature | RegistrationsFeature, origin: 'explicit' | 'loader'): void => {
    if (feature.featureType === 'registrations') {
      expanded.registrations.push(feature);
    } else {
      onService(feature, origin);
      expanded.services.push({ factory: feature, origin });
    }
  };
  const run = async (loader: LoaderFeature): Promise<void> => {
    const nested: LoaderFeature[] = [];
    for (const value of await loader.loader(await loaderDeps(loader, get))) {
      const feature = asFeature(value);
      if (!feature) throw new Error(`Feature loader ${loader.description} returned something that is not a feature`);
      if (feature.featureType === 'loader') nested.push(feature);
      else take(feature, 'loader');
    }
    for (const next of nested) await run(next);
  };
  // As in Backstage, explicitly added features take effect before the first loader runs.
  for (const feature of features) if (feature.featureType !== 'loader') take(feature, 'explicit');
  for (const feature of features) if (feature.featureType === 'loader') await run(feature);
  return expanded;
}

async function loaderDeps(loader: LoaderFeature, get: (ref: AnyServiceRef) => Promise<unknown>): Promise<Impls> {
  const entries = Object.entries(loader.deps ?? {}).map(async ([name, ref]) => {
    const impl = await get(ref);
    if (impl === undefined) throw new Error(`No service '${ref.id}' for feature loader ${loader.description}`);
    return [name, impl] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
