import type { BackendFeature, ServiceRef } from '@backstage/backend-plugin-api';

/** Scope-erased service ref, with the default factory that Backstage keeps on it. */
export type AnyServiceRef = ServiceRef<unknown, 'root' | 'plugin', 'singleton' | 'multiton'> & {
  __defaultFactory?: (ref: AnyServiceRef) => Promise<unknown>;
};

/** Refs by the name under which a factory or an init function receives their implementations. */
export type Deps = Record<string, AnyServiceRef>;

/** Implementations by name. */
export type Impls = Record<string, unknown>;

/** A service factory as `createServiceFactory` returns it (backend-plugin-api, `InternalServiceFactory`). */
export interface ServiceFeature {
  $$type: '@backstage/BackendFeature';
  version: 'v1';
  featureType: 'service';
  service: AnyServiceRef;
  initialization?: 'always' | 'lazy';
  deps: Deps;
  createRootContext?(deps: Impls): Promise<unknown>;
  factory(deps: Impls, context: unknown): Promise<unknown>;
}

/** One plugin or module as `register` describes it (backend-plugin-api, `InternalBackendRegistrations`). */
export interface Registration {
  type: 'plugin' | 'plugin-v1.1' | 'module' | 'module-v1.1';
  pluginId: string;
  moduleId?: string;
  extensionPoints: unknown[];
  init: { deps: Deps; func(deps: Impls): Promise<void> };
}

/** What createBackendPlugin and createBackendModule return. */
export interface RegistrationsFeature {
  $$type: '@backstage/BackendFeature';
  version: 'v1';
  featureType: 'registrations';
  getRegistrations(): Registration[];
}

/** What createBackendFeatureLoader returns. */
export interface LoaderFeature {
  $$type: '@backstage/BackendFeature';
  version: 'v1';
  featureType: 'loader';
  description: string;
  deps?: Deps;
  loader(deps: Impls): Promise<BackendFeature[]>;
}

/** A backend feature, opened up. */
export type Feature = ServiceFeature | RegistrationsFeature | LoaderFeature;

/** A feature, its factory form, or a module whose (double) default is one. */
export function asFeature(value: unknown): Feature | undefined {
  let current = value;
  for (let depth = 0; depth < 3; depth++) {
    if (current === null || (typeof current !== 'object' && typeof current !== 'function')) return undefined;
    // Own properties only: in some module loaders a namespace forwards lookups to its default export.
    const type = Object.hasOwn(current, '$$type') ? (current as { $$type?: unknown }).$$type : undefined;
    if (type === '@backstage/BackendFeatureFactory' && typeof current === 'function') return asFeature(current());
    if (type === '@backstage/BackendFeature') return withType(current as Partial<Feature>);
    current = (current as { default?: unknown }).default;
  }
  return undefined;
}

/** Older features have no `featureType`; their members identify them, as in backend-app-api. */
function withType(feature: Partial<Feature>): Feature | undefined {
  if (feature.version !== 'v1') return undefined;
  if (feature.featureType) return feature as Feature;
  if ('service' in feature) return { ...feature, featureType: 'service' } as ServiceFeature;
  if ('getRegistrations' in feature) {
    return {
      $$type: '@backstage/BackendFeature',
      version: 'v1',
      featureType: 'registrations',
      getRegistrations: () => (feature as RegistrationsFeature).getRegistrations(),
    };
  }
  return undefined;
}

/** True for a registration that is a plugin rather than a module. */
export function isPlugin(registration: Registration): boolean {
  return registration.type === 'plugin' || registration.type === 'plugin-v1.1';
}
