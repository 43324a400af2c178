import type { BackendFeature, ServiceRef } from '@backstage/backend-plugin-api';

/** A service ref or an extension point, as `deps` of an init function hold them. */
export type Ref = Omit<ServiceRef<unknown>, '$$type'> & {
  $$type: '@backstage/ServiceRef' | '@backstage/ExtensionPoint';
  __defaultFactory?: (ref: Ref) => Promise<unknown>;
};

/** One plugin or module as `register` describes it (backend-plugin-api, `InternalBackendRegistrations`). */
export interface Registration {
  type: 'plugin' | 'plugin-v1.1' | 'module' | 'module-v1.1';
  pluginId: string;
  moduleId?: string;
  /** Pairs of ref and implementation in v1, objects with an `extensionPoint` in v1.1. */
  extensionPoints: Array<[{ id: string }, unknown] | { extensionPoint: { id: string } }>;
  init: { deps: Record<string, Ref>; func(deps: Record<string, unknown>): Promise<void> };
}

/** A backend feature of any kind, opened up: the member that is present tells its kind. */
export type OpenFeature = BackendFeature & {
  getRegistrations?(): Registration[];
  loader?(deps: Record<string, unknown>): Promise<unknown[]>;
  service?: Ref;
  deps?: Record<string, Ref>;
  factory?(deps: Record<string, unknown>, context: unknown): Promise<unknown>;
};

/** The features in what a module exports: a feature or its factory, as (double) default, alone or in an array. */
export function featuresIn(exported: unknown): OpenFeature[] {
  for (let value = exported, depth = 0; depth < 3 && isOpen(value); depth++, value = value.default) {
    const found = (Array.isArray(value) ? (value as unknown[]) : [value]).map(asFeature).filter((item) => !!item);
    if (found.length > 0) return found;
    // The installer of backend-dynamic-feature-service: {kind: 'new', install: () => feature(s)}.
    const installer = value.dynamicPluginInstaller as { kind?: string; install?: () => unknown } | undefined;
    if (installer?.kind === 'new' && installer.install) return [installer.install()].flat().flatMap(featuresIn);
  }
  return [];
}

/** `plugin 'x'` or `module 'y' for plugin 'x'`, as Backstage words it. */
export function describe({ type, pluginId, moduleId }: Registration): string {
  return type.startsWith('plugin') ? `plugin '${pluginId}'` : `module '${moduleId}' for plugin '${pluginId}'`;
}

function asFeature(value: unknown): OpenFeature | undefined {
  if (!isOpen(value)) return undefined;
  if (value.$$type === '@backstage/BackendFeatureFactory' && typeof value === 'function')
    return asFeature((value as () => unknown)());
  return value.$$type === '@backstage/BackendFeature' ? (value as unknown as OpenFeature) : undefined;
}

function isOpen(value: unknown): value is Record<string, unknown> {
  return value !== null && (typeof value === 'object' || typeof value === 'function');
}
