import { Fault } from './fault';
import type { OpenFeature, Ref, Registration } from './features';

type LoadFactory = (ref: Ref) => Promise<unknown>;

/** Backstage makes these itself, for each backend. */
const BUILT_IN = new Set(['core.pluginMetadata', 'core.rootInstanceMetadata']);

/**
 * The services of `@backstage/backend-defaults`, each imported when something first depends on it: all of them take
 * 0.6 s. A ref that a feature depends on is replaced by one whose default factory is the host's, so that Backstage's
 * own registry does the loading. Refs are told apart by id, as Backstage does.
 */
export class HostServices {
  readonly #require: NodeJS.Require;
  readonly #wrap: (factory: OpenFeature) => OpenFeature;
  readonly #host = new Map<string, LoadFactory | undefined>();
  readonly #own = new WeakMap<LoadFactory, LoadFactory>();

  /** `wrap` may change each factory of the host before it is used. */
  constructor(hostRequire: NodeJS.Require, wrap: (factory: OpenFeature) => OpenFeature) {
    this.#require = hostRequire;
    this.#wrap = wrap;
  }

  /** True for a service that a portal provides. */
  provides(id: string): boolean {
    return BUILT_IN.has(id) || this.#factoryOf(id) !== undefined;
  }

  /** The host's factory of a service, for a backend that asks for it by itself. */
  factory(id: string): OpenFeature {
    return this.feature(this.#wrap(this.#load(locate(id)!)));
  }

  /** The registration with the host behind its dependencies, and `init` run by `run`. */
  registration(registration: Registration, run: (init: () => Promise<void>) => Promise<void>): Registration {
    const { deps, func } = registration.init;
    return { ...registration, init: { deps: this.#deps(deps), func: (impls) => run(async () => await func(impls)) } };
  }

  /** A service factory or feature loader with the host behind its dependencies. */
  feature(feature: OpenFeature): OpenFeature {
    return { ...feature, ...(feature.deps && { deps: this.#deps(feature.deps) }) };
  }

  #deps(deps: Record<string, Ref>): Record<string, Ref> {
    return Object.fromEntries(Object.entries(deps).map(([name, ref]) => [name, this.#ref(ref)]));
  }

  #ref(ref: Ref): Ref {
    if (ref.$$type !== '@backstage/ServiceRef' || BUILT_IN.has(ref.id)) return ref;
    const load = this.#factoryOf(ref.id) ?? (ref.__defaultFactory && this.#ownDefault(ref.__defaultFactory));
    return load ? { ...ref, __defaultFactory: load } : ref;
  }

  #ownDefault(load: LoadFactory): LoadFactory {
    // Backstage keeps one instance per default factory: the same one must give the same one.
    let wrapped = this.#own.get(load);
    if (!wrapped) {
      wrapped = async (ref) => {
        const made = await load(ref);
        return this.feature((typeof made === 'function' ? made() : made) as OpenFeature);
      };
      this.#own.set(load, wrapped);
    }
    return wrapped;
  }

  #factoryOf(id: string): LoadFactory | undefined {
    if (!this.#host.has(id)) {
      const where = locate(id);
      const load: LoadFactory = async () => this.factory(id);
      this.#host.set(id, where && this.#exists(where.request) ? load : undefined);
    }
    return this.#host.get(id);
  }

  #exists(request: string): boolean {
    try {
      this.#require.resolve(request);
      return true;
    } catch {
      return false;
    }
  }

  #load({ request, name }: Location): OpenFeature {
    const factory = (this.#require(request) as Record<string, OpenFeature | (() => OpenFeature)>)[name];
    if (factory) return typeof factory === 'function' ? factory() : factory;
    throw new Fault({ code: 'INIT_FAILED', message: `${request} of the test host has no ${name}.` });
  }
}

interface Location {
  request: string;
  name: string;
}

/** backend-defaults exports `<name>ServiceFactory` from `./<name>` for `core.<name>`, and from `./alpha` for alpha ids. */
function locate(id: string): Location | undefined {
  if (id === 'events.service') return { request: '@backstage/plugin-events-node', name: 'eventsServiceFactory' };
  const [, alpha, name] = /^(alpha\.)?core\.(\w+)$/.exec(id) ?? [];
  if (!name) return undefined;
  return { request: `@backstage/backend-defaults/${alpha ? 'alpha' : name}`, name: `${name}ServiceFactory` };
}
