import { coreServices } from '@backstage/backend-plugin-api';
import { asFeature, type AnyServiceRef, type Deps, type Impls, type ServiceFeature } from './features';
import { ownFault } from '../errors/thrown';
import { timed } from '../observability/timing/timed';
import { refuseRootRouter } from './rootRouter';
import { withInstalledPlugins } from './installedPlugins';

/**
 * The one set of root services that host and units share.
 * Backstage creates root services and root contexts once per backend. A unit is a backend of its own, so each factory is
 * replaced by one that asks here: root-scoped instances and `createRootContext` results are created once, on first use, from
 * the root services of this set (never from a unit's own), and outlive every unit.
 * The rules of backend-app-api `ServiceRegistry` apply: an added factory replaces a default one, multiton factories add up,
 * and a service cannot be replaced once it was created. A service that failed is created again on the next request: a unit
 * that is dropped later must not inherit an old error.
 */
export class RootServices {
  readonly #factories = new Map<string, ServiceFeature[]>();
  readonly #added = new Map<string, 'explicit' | 'loader'>();
  // Weak: factories of a bundle are released with its last generation.
  readonly #made = new WeakMap<ServiceFeature, Promise<unknown>>();
  readonly #contexts = new WeakMap<ServiceFeature, Promise<unknown>>();
  readonly #sharedFactories = new WeakMap<ServiceFeature, ServiceFeature>();
  readonly #sharedDefaults = new WeakMap<object, Promise<ServiceFeature>>();

  constructor(defaults: readonly ServiceFeature[]) {
    for (const factory of defaults) this.#factories.set(factory.service.id, [factory]);
  }

  /**
   * Adds or replaces a service. One added by a feature loader yields to one added explicitly; two of the same kind are an
   * error, as in Backstage.
   */
  add(factory: ServiceFeature, origin: 'explicit' | 'loader'): void {
    const { id, multiton } = factory.service;
    if (id === coreServices.pluginMetadata.id) throw new Error(`The ${id} service cannot be overridden`);
    if (multiton) {
      this.#factories.set(id, [...(this.#factories.get(id) ?? []), factory]);
      return;
    }
    const earlier = this.#added.get(id);
    if (origin === 'loader' && earlier === 'explicit') return;
    if (earlier) throw new Error(`Duplicate service implementations provided for ${id}`);
    if (this.#factories.get(id)?.some((made) => this.#made.has(made) || this.#contexts.has(made))) {
      throw new Error(`Unable to set service factory with id ${id}, service has already been instantiated`);
    }
    this.#added.set(id, origin);
    this.#factories.set(id, [factory]);
  }

  /** Wraps a singleton service of any provider before it is created. */
  decorate(ref: { id: string }, over: (factory: ServiceFeature) => ServiceFeature): void {
    this.#factories.set(ref.id, [over(this.original(ref))]);
  }

  /** True when the host provides the service, by default or because it was added. */
  provides(id: string): boolean {
    return this.#factories.has(id);
  }

  /** Every factory as host and units receive it, with shared root instances and contexts. */
  factories(): ServiceFeature[] {
    return [...this.#factories.values()].flat().map((factory) => this.share(factory));
  }

  /** Every factory as it was added; the real one may be imported only when it is first needed. */
  originals(): ServiceFeature[] {
    return [...this.#factories.values()].flat();
  }

  /** The unshared factory of a singleton service, for the few services that each unit has for itself. */
  original(ref: { id: string }): ServiceFeature {
    const factory = this.#factories.get(ref.id)?.[0];
    if (!factory) throw new Error(`No service factory for '${ref.id}'`);
    return factory;
  }

  /** The shared instance of a root-scoped service, created on first use; undefined if nothing provides it. */
  async get(ref: AnyServiceRef): Promise<unknown> {
    if (ref.scope !== 'root') {
      throw new Error(`Root services and feature loaders cannot depend on '${ref.id}', it is '${ref.scope}' scoped`);
    }
    const provided = this.#factories.get(ref.id);
    if (!provided && ref.multiton) return [];
    if (!provided && !ref.__defaultFactory) return undefined;
    const factories = provided ?? [await this.#defaultOf(ref)];
    const made = await Promise.all(factories.map((factory) => this.#make(factory)));
    return ref.multiton ? made : made[0];
  }

  /** A factory that returns the shared root instance or root context. */
  share(factory: ServiceFeature): ServiceFeature {
    let shared = this.#sharedFactories.get(factory);
    if (!shared) {
      shared =
        factory.service.scope === 'root'
          ? { ...factory, deps: {}, factory: () => this.#make(factory) }
          : {
              ...factory,
              deps: this.shareDeps(factory.deps),
              ...(factory.createRootContext && { createRootContext: () => this.#context(factory) }),
            };
      this.#sharedFactories.set(factory, shared);
      this.#sharedFactories.set(shared, shared);
    }
    return shared;
  }

  /** The same refs, with default factories that share their instances. */
  shareDeps(deps: Deps): Deps {
    return Object.fromEntries(
      Object.entries(withInstalledPlugins(deps)).map(([name, ref]) => {
        if (!ref.__defaultFactory || this.provides(ref.id)) return [name, ref];
        return [name, { ...ref, toString: ref.toString, __defaultFactory: () => this.#sharedDefaultOf(ref) }];
      }),
    );
  }

  /**
   * Loads the default factories for the dependencies of a bundle, transitively. Throws ROOT_ROUTE_REFUSED for a denied one:
   * Backstage would reduce the error to text when it starts the unit.
   */
  async checkDefaults(deps: Deps, seen = new Set<string>()): Promise<void> {
    for (const ref of Object.values(deps)) {
      if (!ref.__defaultFactory || this.provides(ref.id) || seen.has(ref.id)) continue;
      seen.add(ref.id);
      const factory = await this.#defaultOf(ref).catch((error: unknown) => {
        const own = ownFault(error);
        if (own) throw own;
        return undefined; // It may not be needed: the start decides whether it must load.
      });
      if (factory) await this.checkDefaults(factory.deps, seen);
    }
  }

  async #sharedDefaultOf(ref: AnyServiceRef): Promise<ServiceFeature> {
    return this.share(await this.#defaultOf(ref));
  }

  #defaultOf(ref: AnyServiceRef): Promise<ServiceFeature> {
    const load = ref.__defaultFactory!;
    let loaded = this.#sharedDefaults.get(load);
    if (!loaded) {
      loaded = (async () => {
        const value = await load(ref);
        const feature = asFeature(typeof value === 'function' && !('$$type' in value) ? value() : value);
        if (feature?.featureType !== 'service') throw new Error(`The default factory of '${ref.id}' is not a service`);
        refuseRootRouter(`The default factory of '${ref.id}'`, feature.deps);
        return feature;
      })();
      this.#sharedDefaults.set(load, loaded);
    }
    return loaded;
  }

  #make(factory: ServiceFeature): Promise<unknown> {
    let made = this.#made.get(factory);
    if (!made) {
      made = timed('service', factory.service.id, async () =>
        factory.factory(await this.#rootDeps(factory), undefined),
      );
      this.#made.set(factory, made);
      made.catch(() => this.#made.delete(factory));
    }
    return made;
  }

  #context(factory: ServiceFeature): Promise<unknown> {
    let context = this.#contexts.get(factory);
    if (!context) {
      context = timed('service', factory.service.id, async () =>
        factory.createRootContext!(await this.#rootDeps(factory)),
      );
      this.#contexts.set(factory, context);
      context.catch(() => this.#contexts.delete(factory));
    }
    return context;
  }

  async #rootDeps(factory: ServiceFeature): Promise<Impls> {
    const roots = Object.entries(withInstalledPlugins(factory.deps)).filter(([, ref]) => ref.scope === 'root');
    const impls = await Promise.all(
      roots.map(async ([name, ref]) => {
        const impl = await this.get(ref);
        if (impl === undefined) {
          throw new Error(`Failed to instantiate service '${factory.service.id}', '${ref.id}' is missing`);
        }
        return [name, impl] as const;
      }),
    );
    return Object.fromEntries(impls);
  }
}
