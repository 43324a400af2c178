import type { HttpRouterService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import {
  asFeature,
  isPlugin,
  type Feature,
  type Impls,
  type LoaderFeature,
  type Registration,
  type RegistrationsFeature,
  type ServiceFeature,
} from '../host/features';
import { defaultServiceFactories } from '../host/defaultServiceFactories';
import { refuseRootRouter } from '../host/rootRouter';
import type { Policy } from '../policy/policy';
import { describeRegistrations, unitsOf } from '../composition/contribution';
import { checkIds } from '../resolve/contributionOf';
import { asFault } from '../errors/asFault';
import { runWithPackageDirs } from '../patches/packagePaths';
import { packageDirs, type StagedBundle } from '../stage/stagedBundle';
import { isHttpRouter } from '../start/confine';
import { deadline } from '../deadline';
import { describe, guardFeature } from '../start/guardFeature';
import type { Claims } from './claims';
import { dependenciesMissing, featureLoaderTimedOut } from './errors';
import { HeldRouter } from './heldRouter';
import { absentIn, optionalDeps } from './optionalDeps';

/** Options of a guard. */
export interface StartupGuardOptions {
  bundle: StagedBundle;
  policy: Policy;
  claims: Claims;
  startTimeoutMs: number;
  /** Hears of every error after the code of the bundle was handed to Backstage. */
  onFault: (fault: StagedoorError) => void;
}

const HOST_SERVICES = new Set(defaultServiceFactories.map(({ service }) => service.id));

/**
 * Wraps the features of one bundle so that Backstage starts without them if they fail: an init that throws or hangs, a
 * dependency that nothing provides, a feature loader that rejects. In a portal of units each unit is a backend of its own,
 * which gives the same protection.
 */
export class StartupGuard {
  readonly #options: StartupGuardOptions;
  /** Ids of the plugins that the bundle brings. */
  readonly #own = new Set<string>();

  constructor(options: StartupGuardOptions) {
    this.#options = options;
  }

  /**
   * The features, guarded. Throws REGISTER_FAILED, PLUGIN_ID_INVALID, PLUGIN_ID_CONFLICT, MODULE_ID_CONFLICT,
   * SERVICE_REPLACEMENT_REFUSED, ROOT_ROUTE_REFUSED.
   */
  guard(features: readonly Feature[]): Feature[] {
    const { bundle, claims } = this.#options;
    const registrations = features.filter((feature) => feature.featureType === 'registrations');
    const brought = describeRegistrations(registrations, {
      owner: bundle.name,
      features: registrations,
      services: [],
      packageDirs: {},
    });
    checkIds(bundle, brought);
    for (const feature of features) if (feature.featureType !== 'registrations') this.#check(feature);
    claims.claim(bundle.name, brought);
    for (const id of brought.pluginIds) this.#own.add(id);
    const ids = unitsOf(brought);
    return features.map((feature) => {
      if (feature.featureType === 'registrations') return this.#guardRegistrations(feature, ids);
      return feature.featureType === 'loader' ? this.#guardLoader(feature) : feature;
    });
  }

  #check(feature: ServiceFeature | LoaderFeature): void {
    const { bundle, claims, policy } = this.#options;
    if (feature.featureType === 'loader') {
      refuseRootRouter(`A feature loader of ${bundle.name}`, feature.deps);
      return;
    }
    const { id } = feature.service;
    if (HOST_SERVICES.has(id) || id.startsWith('core.')) policy.checkReplacement(bundle, id);
    refuseRootRouter(`The service '${id}' of ${bundle.name}`, feature.deps);
    claims.claimService(bundle.name, id);
  }

  #guardLoader(feature: LoaderFeature): LoaderFeature {
    const { bundle, startTimeoutMs } = this.#options;
    const deps = optionalDeps(feature.deps ?? {});
    return {
      ...feature,
      deps,
      loader: async (impls) => {
        try {
          refuseAbsent(`A feature loader of ${bundle.name}`, absentIn(deps, impls));
          const ran = deadline(feature.loader(impls), startTimeoutMs, () =>
            featureLoaderTimedOut(bundle.name, startTimeoutMs),
          );
          const loaded = [...(await ran)].map((value) => {
            const found = asFeature(value);
            if (!found) throw new Error(`${feature.description} returned something that is not a feature`);
            return found;
          });
          return this.guard(loaded) as unknown as Awaited<ReturnType<LoaderFeature['loader']>>;
        } catch (error) {
          this.#options.onFault(asFault(error));
          return [];
        }
      },
    };
  }

  #guardRegistrations(feature: RegistrationsFeature, pluginIds: readonly string[]): RegistrationsFeature {
    const { bundle, policy, startTimeoutMs } = this.#options;
    const services = { shareDeps: optionalDeps };
    return {
      ...feature,
      getRegistrations: () =>
        pluginIds.flatMap((pluginId) => {
          const options = { owner: bundle.name, pluginId, policy, services, startTimeoutMs };
          return guardFeature(feature, options)
            .getRegistrations()
            .map((registration) => this.#shield(registration));
        }),
    };
  }

  /** The registration with an init that never fails. */
  #shield(registration: Registration): Registration {
    const { bundle, policy, onFault } = this.#options;
    const { deps, func } = registration.init;
    const { pluginId } = registration;
    const who = describe(registration);
    const init = async (impls: Impls): Promise<void> => {
      const own = { ...impls };
      const routers: HeldRouter[] = [];
      for (const [name, ref] of Object.entries(deps)) {
        if (!isHttpRouter(ref)) continue;
        const router = new HeldRouter(impls[name] as HttpRouterService, {
          ...{ owner: bundle.name, pluginId, policy },
          foreign: !this.#own.has(pluginId),
        });
        routers.push(router);
        own[name] = router;
      }
      try {
        refuseAbsent(who, absentIn(deps, impls));
        await runWithPackageDirs(packageDirs(bundle), () => func(own));
        for (const router of routers) router.release();
      } catch (error) {
        if (isPlugin(registration)) for (const router of routers) router.refuse();
        onFault(asFault(error));
      }
    };
    return { ...registration, init: { deps, func: init } };
  }
}

function refuseAbsent(who: string, ids: readonly string[]): void {
  if (ids.length === 0) return;
  throw dependenciesMissing(who, ids);
}
