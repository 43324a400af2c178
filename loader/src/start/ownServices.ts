import {
  coreServices,
  type RootConfigService,
  type RootLifecycleService,
  type RootLoggerService,
} from '@backstage/backend-plugin-api';
import type { AnyServiceRef, ServiceFeature } from '../host/features';
import { overlay } from '../host/overlay';
import type { RootServices } from '../host/rootServices';
import type { StartupHooks } from '../host/startupHooks';
import { messageOf } from '../errors/thrown';
import type { GenerationState, KeptState } from './keptState';
import { Lifetime } from './lifetime';
import { quietRootLogger } from './quietRootLogger';
import { viewOf } from './serviceView';
import type { AllEvents, EventsService, UnitEvents } from './unitEvents';
import { UnitServices } from './unitServices';

/** What {@link OwnServices} needs of the portal. */
export interface OwnServicesHost {
  services: RootServices;
  rootLogger: RootLoggerService;
  /** Event subscriptions of all units; without it, those of a generation are its own affair. */
  events?: AllEvents;
  /** What plugins keep in memory from build to build; nothing where it is absent. */
  kept?: KeptState;
  /** When root start-up hooks run; at the start of the unit where it is absent. */
  startupHooks?: StartupHooks;
}

const EVENTS = 'events.service';

/** The services of the portal as one generation sees them, and how long what it registers with them counts. */
export class OwnServices {
  /** All services; those that outlive the generation as views. */
  readonly services: UnitServices;
  readonly #host: OwnServicesHost;
  readonly #isStatic: boolean;
  readonly #events: UnitEvents | undefined;
  readonly #kept: GenerationState | undefined;
  /** Of what was registered with services that outlive the generation, but for config and events. */
  readonly #registered: Lifetime;
  /** Of subscriptions to the config, which a generation follows from its start to its end. */
  readonly #subscribed: Lifetime;
  #ended = false;

  /** `isStatic` for a plugin of the portal itself. */
  constructor(pluginId: string, isStatic: boolean, host: OwnServicesHost) {
    this.#host = host;
    this.#isStatic = isStatic;
    this.#events = host.events?.of(pluginId);
    this.#kept = host.kept?.of(pluginId);
    const notUndone = (error: unknown): void => {
      host.rootLogger.warn(`Plugin '${pluginId}' left something behind: ${messageOf(error)}`);
    };
    this.#registered = new Lifetime(notUndone);
    this.#subscribed = new Lifetime(notUndone);
    this.#subscribed.begin();
    this.services = new UnitServices(host.services, this.#registered, this.#kept);
  }

  /** From now on the generation is the one of its unit that hears. */
  begin(): void {
    this.#registered.begin();
    this.#events?.begin(this.#registered);
    this.#kept?.begin();
  }

  /** Hears no more, but for changes of the config. */
  handOver(): void {
    this.#registered.end();
    this.#events?.end(this.#registered);
  }

  /** No start-up hook of it that is still to come is run. */
  stopping(): void {
    this.#ended = true;
  }

  /** Undoes all that is left. */
  end(): void {
    this.#ended = true;
    this.#registered.end();
    this.#events?.forget(this.#registered);
    this.#kept?.end();
    this.#subscribed.end();
  }

  /** Factories of those services that are not only seen through a view, by id. */
  factories(): Map<string, ServiceFeature> {
    const { services, rootLogger } = this.#host;
    const factories = [this.#rootLifecycle()];
    const logger = services.original(coreServices.rootLogger);
    factories.push({ ...logger, deps: {}, factory: async () => quietRootLogger(rootLogger) });
    const config = services.original(coreServices.rootConfig);
    factories.push({ ...config, deps: {}, factory: () => this.#config() });
    if (this.#events && services.provides(EVENTS)) factories.push(this.#eventsService(this.#events));
    return new Map(factories.map((factory) => [factory.service.id, factory]));
  }

  async #config(): Promise<RootConfigService> {
    const shared = await this.#host.services.get(coreServices.rootConfig as unknown as AnyServiceRef);
    return viewOf(shared as RootConfigService, this.#subscribed);
  }

  /** Subscriptions to events last from build to build. */
  #eventsService(events: UnitEvents): ServiceFeature {
    const { services } = this.#host;
    const original = services.share(services.original({ id: EVENTS }));
    return {
      ...original,
      factory: async (deps, context) => {
        const service = (await original.factory(deps, context)) as EventsService;
        return overlay(service, {
          subscribe: (options) => service.subscribe(events.subscription(this.#registered, options)),
        });
      },
    };
  }

  /** Start-up hooks wait for the portal to start. */
  #rootLifecycle(): ServiceFeature {
    const { services, startupHooks, rootLogger } = this.#host;
    const original = services.original(coreServices.rootLifecycle);
    return {
      ...original,
      deps: this.services.shareDeps(original.deps),
      factory: async (deps, context) => {
        const lifecycle = (await original.factory(deps, context)) as RootLifecycleService;
        if (!startupHooks) return lifecycle;
        return overlay(lifecycle, {
          addStartupHook: (hook, options) => {
            const logger = options?.logger ?? rootLogger;
            const late = {
              isWanted: () => !this.#ended,
              isAwaited: this.#isStatic,
              onFault: (error: unknown) => logger.error(`Startup hook failed, ${messageOf(error)}`),
            };
            lifecycle.addStartupHook(() => startupHooks.run(hook, late), options);
          },
        });
      },
    };
  }
}
