import type { ServiceFactory, ServiceRef } from '@backstage/backend-plugin-api';
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { timed } from '../observability/timing/timed';
import { hostServiceChanged } from './errors';
import { importInTurns, modulesOf } from './modules/importInTurns';
import { asFeature, type AnyServiceRef, type Deps, type ServiceFeature } from './features';

/** Any service ref, whatever it makes. */
export type AnyRef = ServiceRef<unknown, 'root' | 'plugin', 'singleton' | 'multiton'>;

/** The properties of a factory that Backstage needs before anything depends on its service. */
export interface LazyFactoryOptions {
  service: AnyRef;
  deps: Record<string, AnyRef>;
  initialization?: 'always' | 'lazy';
  /** True for a factory with a root context. */
  rootContext?: boolean;
  /** Imports the factory. */
  load(): Promise<ServiceFactory>;
  /** The module that `load` imports, if importing it blocks the process for long (decision 064). */
  costly?: string;
}

/** A service factory whose first use can be prepared. */
export interface LazyServiceFeature extends ServiceFeature {
  /** Imports the factory; or plans how to import a costly one in turns, when something first depends on it. */
  preload(): Promise<unknown>;
}

/**
 * A service factory that is imported when something first depends on its service. The options must match the imported
 * factory; if that depends on more services, creating the service rejects with HOST_SERVICE_CHANGED.
 */
export function lazyServiceFactory(options: LazyFactoryOptions): LazyServiceFeature {
  const deps = options.deps as unknown as Deps;
  const service = options.service as unknown as AnyServiceRef;
  let loaded: Promise<ServiceFeature> | undefined;
  let modules: Promise<string[]> | undefined;
  const load = async (): Promise<ServiceFactory> => {
    if (modules) await importInTurns(await modules);
    return options.load();
  };
  const real = (): Promise<ServiceFeature> => {
    loaded ??= timed('import', service.id, load).then((factory) => checked(service, deps, factory));
    return loaded;
  };
  const { costly } = options;
  const list = async (): Promise<void> => {
    if (costly && !loaded) modules ??= modulesOf(createRequire(__filename).resolve(costly));
  };
  return {
    $$type: '@backstage/BackendFeature',
    version: 'v1',
    featureType: 'service',
    service,
    initialization: options.initialization,
    deps,
    ...(options.rootContext && { createRootContext: async (impls) => (await real()).createRootContext!(impls) }),
    factory: async (impls, context) => (await real()).factory(impls, context),
    preload: costly ? list : real,
  };
}

/**
 * Prepares the factories that are not imported yet, one at a time with other work in between: a plugin that is dropped later
 * must not block every request while its services are imported. Import errors are left to the first user to report.
 */
export async function preloadFactories(factories: readonly ServiceFeature[], signal: AbortSignal): Promise<void> {
  for (const factory of factories) {
    await nextTurn();
    if (signal.aborted) return;
    if ('preload' in factory) await (factory as LazyServiceFeature).preload().catch(() => {});
  }
}

function checked(service: AnyServiceRef, deps: Deps, factory: ServiceFactory): ServiceFeature {
  const real = asFeature(factory) as ServiceFeature;
  const more = Object.entries(real.deps).filter(([name, { id }]) => deps[name]?.id !== id);
  if (more.length === 0) return real;
  const ids = more.map(([, { id }]) => id);
  throw hostServiceChanged(service.id, ids);
}
