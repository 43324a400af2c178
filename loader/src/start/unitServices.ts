import { metricsServiceRef } from '@backstage/backend-plugin-api/alpha';
import type { AnyServiceRef, Deps, ServiceFeature } from '../host/features';
import type { RootServices } from '../host/rootServices';
import { GenerationState } from './keptState';
import type { Lifetime } from './lifetime';
import { viewOf } from './serviceView';

/** Services that are created for each plugin but register with the process. */
const KEEP_IN_PROCESS = new Set([metricsServiceRef.id]);

/**
 * The portal's services for one generation. Its own services end with it (see {@link Generation}); those that outlive it,
 * because all share one instance or root context, are passed as a {@link viewOf view}. `kept` receives the in-memory state
 * for the next generation.
 */
export class UnitServices {
  readonly #services: RootServices;
  readonly #lifetime: Lifetime;
  readonly #kept: GenerationState | undefined;
  readonly #viewed = new WeakMap<ServiceFeature, ServiceFeature>();

  /** `kept` takes what the generation keeps in memory for the next one. */
  constructor(services: RootServices, lifetime: Lifetime, kept?: GenerationState) {
    this.#kept = kept;
    this.#services = services;
    this.#lifetime = lifetime;
  }

  /** Every factory that the portal has. */
  factories(): ServiceFeature[] {
    return this.#services.factories().map((factory) => this.#view(factory));
  }

  /** A factory of the portal or of a bundle. */
  share(factory: ServiceFeature): ServiceFeature {
    return this.#view(this.#services.share(factory));
  }

  /** The same refs, with default factories treated the same way. */
  shareDeps(deps: Deps): Deps {
    return this.#viewDeps(this.#services.shareDeps(deps));
  }

  #viewDeps(deps: Deps): Deps {
    return Object.fromEntries(
      Object.entries(deps).map(([name, ref]) => {
        const load = ref.__defaultFactory;
        if (!load || this.#services.provides(ref.id)) return [name, ref];
        const __defaultFactory = async (of: AnyServiceRef): Promise<ServiceFeature> =>
          this.#view((await load(of)) as ServiceFeature);
        return [name, { ...ref, toString: ref.toString, __defaultFactory }];
      }),
    );
  }

  #view(factory: ServiceFeature): ServiceFeature {
    let viewed = this.#viewed.get(factory);
    if (!viewed) {
      const outlives =
        factory.service.scope === 'root' || factory.createRootContext || KEEP_IN_PROCESS.has(factory.service.id);
      viewed = {
        ...factory,
        deps: this.#viewDeps(factory.deps),
        ...(outlives && {
          factory: async (deps, context) => viewOf(await factory.factory(deps, context), this.#lifetime),
        }),
        ...(this.#kept &&
          GenerationState.keeps(factory.service.id) && {
            factory: async (deps, context) =>
              this.#kept!.watch(factory.service.id, await factory.factory(deps, context)),
          }),
      };
      this.#viewed.set(factory, viewed);
      this.#viewed.set(viewed, viewed);
    }
    return viewed;
  }
}
