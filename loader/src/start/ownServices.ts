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

/** Dependencies of {@link OwnServices}. */
export interface OwnServicesHost {
  services: RootServices;
  rootLogger: RootLoggerService;
  /** Event subscriptions of all units; without it, a generation manages its own. */
  events?: AllEvents;
  /** In-memory state that plugins pass from build to build; none if absent. */
  kept?: KeptState;
  /** Schedule of root start-up hooks; if absent, they run at the start of the unit. */
  startupHooks?: StartupHooks;
}

const EVENTS = 'events.service';

/** The services of the portal for one generation, and the lifetime of its registrations. */
export class OwnServices {
  /** All services; those that outlive the generation as views. */
  readonly services: UnitServices;
  readonly #host: OwnServicesHost;
  readonly #isStatic: boolean;
  readonly #events: UnitEvents | undefined;
  readonly #kept: GenerationState | undefined;
  /** Registrations with services that outlive the generation, except config and events. */
  readonly #registered: Lifetime;
  /** Subscriptions to the config, which a generation follows from start to end. */
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

  /** The generation now receives the events of its unit. */
  begin(): void {
    this.#registered.begin();
    this.#events?.begin(this.#registered);
    this.#kept?.begin();
  }

  /** Receives only changes of the config from now on. */
  handOver(): void {
    this.#registered.end();
    this.#events?.end(this.#registered);
  }

  /** Its pending start-up hooks are cancelled. */
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

  /** Factories of services that are more than a view, by id. */
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

  /** Event subscriptions continue from build to build. */
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
