import { createSpecializedBackend, type Backend } from '@backstage/backend-app-api';
import {
  coreServices,
  type BackendFeature,
  type RootConfigService,
  type RootHttpRouterService,
  type RootLifecycleService,
  type RootLoggerService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { StagedoorError } from '@stagedoor/bundle';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { HealthChecks } from '../health/healthChecks';
import type { HealthReport } from '../health/report';
import type { AnyServiceRef, ServiceFeature } from '../host/features';
import { overlay } from '../host/overlay';
import type { RootServices } from '../host/rootServices';
import type { StartupHooks } from '../host/startupHooks';
import type { Policy } from '../policy/policy';
import { hasDotSegment, refuseDotSegment } from '../serve/dotSegments';
import { ActiveRequests, type RequestObserver } from '../serve/requests';
import type { Slots } from '../serve/slots';
import { Upgrades } from '../serve/upgrades';
import { runWithPackageDirs } from '../stage/packagePaths';
import { messageOf } from '../thrown';
import { confineService, isHttpRouter } from './confine';
import { deadline } from './deadline';
import { guardFeature } from './guardFeature';
import { Lifetime } from './lifetime';
import { recordingHttpRouter, type DeclaredRoute } from './openedRoutes';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from './part';
import { quietRootLogger } from './quietRootLogger';
import { viewOf } from './serviceView';
import { StartFailure } from './startFailure';
import type { StartedGeneration } from './startedGeneration';
import { UnitServices } from './unitServices';

/** What a generation needs of its surroundings. */
export interface GenerationHost {
  services: RootServices;
  slots: Slots;
  rootLogger: RootLoggerService;
  startTimeoutMs: number;
  drainTimeoutMs: number;
  policy: Policy;
  /** When root start-up hooks run; at the start of the unit where it is absent. */
  startupHooks?: StartupHooks;
  /** Factories of services that this generation has for itself, instead of those of {@link services}. */
  ownServices?: ServiceFeature[];
  /** Hears that the plugin answers to other paths, or opened others, than before. */
  onRoutes?(): void;
  /** Who hears of the requests of a plugin. */
  traffic?: ((pluginId: string) => RequestObserver) | undefined;
}

/** How long services around the plugin's own init may take beyond the start timeout. */
const START_GRACE_MS = 5000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * One started build of a unit: a Backstage backend that holds one plugin and its modules, shares the host's root
 * services, and has its routes captured instead of mounted. It serves from {@link serve} until {@link retire}.
 */
export class Generation implements StartedGeneration {
  readonly pluginId: string;
  readonly composition: Composition;
  readonly openedRoutes: DeclaredRoute[] = [];
  readonly refusedRoutes: DeclaredRoute[] = [];
  readonly #host: GenerationHost;
  readonly #routes = new Map<string, RequestHandler>();
  readonly #requests: ActiveRequests;
  readonly #upgrades = new Upgrades();
  readonly #health = new HealthChecks();
  readonly #backend: Backend;
  readonly #services: UnitServices;
  /** Of what it registered with services that outlive it, but for the config. */
  readonly #registered: Lifetime;
  /** Of its subscriptions to the config, which it follows from its start to its end. */
  readonly #subscribed: Lifetime;
  #serving = false;
  #closed = false;
  #stopped = false;

  private constructor(pluginId: string, composition: Composition, host: GenerationHost) {
    this.pluginId = pluginId;
    this.composition = composition;
    this.#host = host;
    this.#requests = new ActiveRequests(host.traffic?.(pluginId));
    const notUndone = (error: unknown): void => {
      host.rootLogger.warn(`Plugin '${pluginId}' left something behind: ${messageOf(error)}`);
    };
    this.#registered = new Lifetime(notUndone);
    this.#subscribed = new Lifetime(notUndone);
    this.#subscribed.begin();
    this.#services = new UnitServices(host.services, this.#registered);
    this.#backend = createSpecializedBackend({ defaultServiceFactories: this.#serviceFactories() });
    for (const part of partsOf(composition)) {
      const { startTimeoutMs, policy } = host;
      const services = this.#services;
      const options = { owner: part.owner, pluginId, services, startTimeoutMs, policy };
      for (const service of part.services) {
        const confined = confineService(services.share(service), options);
        this.#backend.add(
          (isHttpRouter(service.service) ? this.#recording(confined) : confined) as unknown as BackendFeature,
        );
      }
      for (const feature of part.features) {
        this.#backend.add(guardFeature(feature, options) as unknown as BackendFeature);
      }
    }
  }

  /**
   * Starts a generation; it serves nothing yet, and hears of no events where another one of the unit is `current`.
   * Rejects with {@link StartFailure}, after what had started was stopped again.
   */
  static async start(
    pluginId: string,
    composition: Composition,
    host: GenerationHost,
    current?: StartedGeneration,
  ): Promise<Generation> {
    const generation = new Generation(pluginId, composition, host);
    if (!current) generation.#registered.begin();
    const dirs = Object.assign({}, ...partsOf(composition).map((part) => part.packageDirs)) as Record<string, string>;
    try {
      const outcome = await deadline(
        runWithPackageDirs(dirs, () => generation.#backend.start()),
        host.startTimeoutMs + START_GRACE_MS,
        () => new StagedoorError('START_TIMEOUT', `Plugin '${pluginId}' did not start: a service it depends on hangs.`),
      );
      const failure = StartFailure.fromResult(pluginId, outcome.result);
      if (failure?.isFatal(generation.#dynamicModuleIds())) throw failure;
    } catch (error) {
      generation.handOver();
      generation.stop().catch(() => {});
      throw StartFailure.from(pluginId, error);
    }
    return generation;
  }

  serve(): void {
    this.#serving = true;
    this.#registered.begin();
    for (const path of this.#routes.keys()) this.#host.slots.point(path, this);
  }

  checkHealth(timeoutMs: number): Promise<HealthReport> {
    return this.#health.run(timeoutMs);
  }

  get paths(): Set<string> {
    return new Set(this.#routes.keys());
  }

  handle(path: string, request: Request, response: Response, next: NextFunction): void {
    if (this.#closed) {
      response.status(503).set({ 'Retry-After': '1', Connection: 'close' }).end();
      return;
    }
    this.#requests.add(request, response);
    this.#upgrades.attend(request);
    // The portal's own plugins get what they get in Backstage: upgrades before any session check, all targets.
    const own = this.composition.plugin?.owner === STATIC_OWNER;
    if (own && this.#upgrades.take(request)) return;
    if (!own && hasDotSegment(request.originalUrl)) refuseDotSegment(response);
    else (this.#routes.get(path) ?? passOn)(request, response, next);
  }

  handOver(): void {
    this.#registered.end();
  }

  async retire(successor?: StartedGeneration): Promise<void> {
    this.#serving = false;
    this.handOver();
    this.#host.slots.clear(this, successor?.paths);
    await this.#requests.drain(this.#host.drainTimeoutMs);
    await this.stop();
  }

  async shutDown(): Promise<void> {
    this.#closed = true;
    await this.#requests.drain(this.#host.drainTimeoutMs);
    await this.stop();
  }

  async stop(): Promise<void> {
    this.#serving = false;
    this.#stopped = true;
    await deadline(
      this.#backend.stop(),
      STOP_TIMEOUT_MS,
      () => new Error(`Plugin '${this.pluginId}' did not stop within ${STOP_TIMEOUT_MS / 1000} s`),
    ).finally(() => {
      this.#upgrades.close();
      this.#registered.end();
      this.#subscribed.end();
    });
  }

  #dynamicModuleIds(): Set<string> {
    const dynamic = this.composition.modules.filter((part) => part.owner !== STATIC_OWNER);
    return new Set(dynamic.flatMap((part) => moduleIdsOf(part, this.pluginId)));
  }

  async #ownConfig(): Promise<RootConfigService> {
    const shared = await this.#host.services.get(coreServices.rootConfig as unknown as AnyServiceRef);
    return viewOf(shared as RootConfigService, this.#subscribed);
  }

  #serviceFactories(): ServiceFactory[] {
    const { services, rootLogger } = this.#host;
    const unit = this.#services;
    const own = new Map<string, ServiceFeature>();
    const rootHttpRouter = services.original(coreServices.rootHttpRouter);
    own.set(rootHttpRouter.service.id, { ...rootHttpRouter, deps: {}, factory: async () => this.#facade() });
    const rootLifecycle = services.original(coreServices.rootLifecycle);
    own.set(rootLifecycle.service.id, {
      ...rootLifecycle,
      deps: unit.shareDeps(rootLifecycle.deps),
      factory: async (deps, context) => this.#lifecycle(await rootLifecycle.factory(deps, context)),
    });
    const logger = services.original(coreServices.rootLogger);
    own.set(logger.service.id, { ...logger, deps: {}, factory: async () => quietRootLogger(rootLogger) });
    const config = services.original(coreServices.rootConfig);
    own.set(config.service.id, { ...config, deps: {}, factory: () => this.#ownConfig() });
    const httpRouter = unit.share(services.original(coreServices.httpRouter));
    own.set(httpRouter.service.id, this.#recording(httpRouter));
    for (const factory of this.#host.ownServices ?? []) own.set(factory.service.id, factory);
    const factories = unit.factories().map((factory) => own.get(factory.service.id) ?? factory);
    return [...factories, this.#health.factory()] as unknown as ServiceFactory[];
  }

  /** The unit's rootLifecycle, whose start-up hooks wait for the portal to start. */
  #lifecycle(made: unknown): RootLifecycleService {
    const lifecycle = made as RootLifecycleService;
    const { startupHooks, rootLogger } = this.#host;
    if (!startupHooks) return lifecycle;
    return overlay(lifecycle, {
      addStartupHook: (hook, options) => {
        const late = {
          isWanted: () => !this.#stopped,
          isAwaited: this.composition.plugin?.owner === STATIC_OWNER,
          onFault: (error: unknown) =>
            (options?.logger ?? rootLogger).error(`Startup hook failed, ${messageOf(error)}`),
        };
        lifecycle.addStartupHook(() => startupHooks.run(hook, late), options);
      },
    });
  }

  /** A router of the unit's plugin whose openings are judged and known, and which takes upgrades past the session check. */
  #recording(httpRouter: ServiceFeature): ServiceFeature {
    return recordingHttpRouter(
      httpRouter,
      (policy, owner = this.#suspect()) => {
        const foreign = owner !== this.composition.plugin?.owner;
        const mayOpen = owner === STATIC_OWNER || this.#host.policy.mayOpen(owner, this.pluginId, policy, foreign);
        (mayOpen ? this.openedRoutes : this.refusedRoutes).push({ pluginId: this.pluginId, ...policy, owner });
        this.#host.onRoutes?.();
        return mayOpen;
      },
      (request) => this.#upgrades.take(request),
    );
  }

  /** Who answers for a declaration that nobody signed: a bundle where there is one. */
  #suspect(): string {
    return partsOf(this.composition).find(({ owner }) => owner !== STATIC_OWNER)?.owner ?? STATIC_OWNER;
  }

  /** The unit's rootHttpRouter: what is mounted on it is captured here, and reached through the slots. */
  #facade(): RootHttpRouterService {
    return {
      use: (path, handler) => {
        const earlier = this.#routes.get(path);
        this.#routes.set(path, earlier ? inTurn(earlier, handler as RequestHandler) : (handler as RequestHandler));
        if (this.#serving) this.#host.slots.point(path, this);
        this.#host.onRoutes?.();
      },
    };
  }
}

const passOn: RequestHandler = (_request, _response, next) => next();

/** One handler that calls `second` where `first` passes the request on without a fault. */
function inTurn(first: RequestHandler, second: RequestHandler): RequestHandler {
  return (request, response, next) =>
    first(request, response, (fault?: unknown) => {
      if (fault === undefined) second(request, response, next);
      else next(fault);
    });
}
