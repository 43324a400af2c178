import { createSpecializedBackend, type Backend } from '@backstage/backend-app-api';
import {
  coreServices,
  type BackendFeature,
  type RootHttpRouterService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { serviceHangs } from './errors';
import { HealthChecks } from './healthChecks';
import type { HealthReport } from '../observability/health/report';
import type { ServiceFeature } from '../host/features';
import type { Policy } from '../policy/policy';
import { hasDotSegment, refuseDotSegment } from '../serve/dotSegments';
import type { PluginStartupResult } from '../host/startupReport';
import { Upgrades } from '../serve/upgrades';
import { UnitDatabase } from './unitDatabase';
import type { DatabaseWatch } from '../migrations/databaseUse';
import { runWithPackageDirs } from '../patches/packagePaths';
import { confineService, isHttpRouter } from './confine';
import { deadline } from '../deadline';
import { GenerationLifecycle, type GenerationLifecycleHost } from './generationLifecycle';
import { guardFeature } from './guardFeature';
import { recordingHttpRouter, type DeclaredRoute, type DeclaredWebSocket } from './openedRoutes';
import type { LeftBehind } from '../patches/leftBehind';
import { OwnServices, type OwnServicesHost } from './ownServices';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from '../composition/part';
import type { PluginLogs } from '../logs/pluginLogs';
import { OwnInits } from './ownInits';
import { StartFailure } from './startFailure';
import type { StartedGeneration } from './startedGeneration';

/** Dependencies of a generation. */
export interface GenerationHost extends OwnServicesHost, GenerationLifecycleHost {
  startTimeoutMs: number;
  policy: Policy;
  /** Detects resources that bundle code leaves behind. */
  leftBehind?: LeftBehind;
  /** Factories of services that this generation has for itself, instead of those of {@link services}. */
  ownServices?: ServiceFeature[];
  /** Middleware for the routes that a plugin mounts. Default: none. */
  decorateRoutes?(pluginId: string, handler: RequestHandler): RequestHandler;
  /** Takes what a module of a bundle logs in a plugin of the portal itself. */
  logs?: Pick<PluginLogs, 'sinkFor'>;
  /** Watches the plugin's database; undefined for static plugins. */
  database?: DatabaseWatch;
}

/** How long services of a plugin may take to start, in addition to its own start timeout. */
const START_GRACE_MS = 5000;
const STOP_TIMEOUT_MS = 10_000;

/**
 * One started build of a unit: a Backstage backend with one plugin and its modules, which shares the host's root services and
 * has its routes captured instead of mounted. It serves from {@link serve} until {@link retire}.
 */
export class Generation extends GenerationLifecycle {
  startup: PluginStartupResult | undefined;
  readonly openedRoutes: DeclaredRoute[] = [];
  readonly refusedRoutes: DeclaredRoute[] = [];
  readonly webSockets: DeclaredWebSocket[] = [];
  readonly #host: GenerationHost;
  readonly #routes = new Map<string, RequestHandler>();
  readonly #upgrades: Upgrades;
  readonly #health = new HealthChecks();
  readonly #backend: Backend;
  readonly #own: OwnServices;
  readonly #database: UnitDatabase | undefined;
  readonly #began = performance.now();
  readonly #ownInits = new OwnInits();

  private constructor(pluginId: string, composition: Composition, host: GenerationHost) {
    super(pluginId, composition, host);
    this.#host = host;
    this.#upgrades = new Upgrades(host.rootLogger.child({ plugin: pluginId }));
    this.#own = new OwnServices(pluginId, composition.plugin?.owner === STATIC_OWNER, host);
    this.#database = host.database && new UnitDatabase(pluginId, composition, host.database);
    this.#backend = createSpecializedBackend({ defaultServiceFactories: this.#serviceFactories() });
    for (const part of partsOf(composition)) {
      const { startTimeoutMs, policy } = host;
      const { services } = this.#own;
      const ofModule = composition.plugin?.owner === STATIC_OWNER && part.owner !== STATIC_OWNER;
      const lines = ofModule ? host.logs?.sinkFor([{ name: part.owner }]) : undefined;
      const options = {
        owner: part.owner,
        pluginId,
        services,
        startTimeoutMs,
        policy,
        ownInits: this.#ownInits,
        lines,
      };
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
   * Starts a generation; it serves nothing yet, and receives no events if another one of the unit is `current`. Rejects with
   * {@link StartFailure} after stopping what had started.
   */
  static async start(
    pluginId: string,
    composition: Composition,
    host: GenerationHost,
    current?: StartedGeneration,
  ): Promise<Generation> {
    const generation = new Generation(pluginId, composition, host);
    if (!current) generation.#own.begin();
    const dirs = Object.assign({}, ...partsOf(composition).map((part) => part.packageDirs)) as Record<string, string>;
    try {
      await generation.#database?.check(host.services, host.rootLogger);
      const started = runWithPackageDirs(dirs, () => generation.#backend.start());
      const isStatic = partsOf(composition).every(({ owner }) => owner === STATIC_OWNER);
      const late = (): StagedoorError => serviceHangs(pluginId);
      const limitMs = host.startTimeoutMs + START_GRACE_MS;
      const outcome = await (isStatic ? started : generation.#ownInits.deadline(started, limitMs, late));
      generation.startup = outcome.result.plugins.find((plugin) => plugin.pluginId === pluginId);
      const failure = StartFailure.fromResult(pluginId, outcome.result);
      if (failure?.isFatal(generation.#dynamicModuleIds())) throw failure;
    } catch (error) {
      generation.handOver();
      generation.stop().catch(() => {});
      const failure = StartFailure.from(pluginId, error);
      throw generation.#database?.explain(failure) ?? failure;
    }
    generation.#database?.started();
    return generation;
  }

  checkHealth(timeoutMs: number): Promise<HealthReport> {
    return this.#health.run(timeoutMs);
  }

  get paths(): Set<string> {
    return new Set(this.#routes.keys());
  }

  override handOver(): void {
    this.#own.handOver();
  }

  protected override begin(): void {
    this.#own.begin();
  }

  protected answer(path: string, request: Request, response: Response, next: NextFunction): void {
    this.#upgrades.attend(request);
    // Static plugins get the same as in Backstage: upgrades before any session check, and all targets.
    const own = this.composition.plugin?.owner === STATIC_OWNER;
    if (own && this.#upgrades.take(request)) return;
    if (!own && hasDotSegment(request.originalUrl)) return refuseDotSegment(response);
    // Backstage's handler of a WebSocket checks the session itself: its token may come as a subprotocol.
    if (this.#upgrades.takeRouted(request)) return;
    (this.#routes.get(path) ?? passOn)(request, response, next);
  }

  protected async end(): Promise<void> {
    this.#own.stopping();
    await deadline(
      this.#backend.stop(),
      STOP_TIMEOUT_MS,
      () => new Error(`Plugin '${this.pluginId}' did not stop within ${STOP_TIMEOUT_MS / 1000} s`),
    ).finally(() => {
      this.#upgrades.close();
      this.#own.end();
      this.#database?.end();
    });
  }

  /** Logs what its code left running; a successor from the same files may have created the same since it began. */
  protected override retired(successor: StartedGeneration | undefined): void {
    const until = successor instanceof Generation ? successor.#began : Infinity;
    const left = this.#host.leftBehind?.of(this.#dirs(), this.#began, until) ?? [];
    if (left.length === 0) return;
    this.#host.rootLogger.warn(
      `Plugin '${this.pluginId}' left behind: ${left.join(', ')}. It keeps running until the portal ends. ` +
        'End it in a shutdown hook, or run the plugin with isolation: process.',
    );
  }

  /** Folders of its bundles. */
  #dirs(): string[] {
    return partsOf(this.composition).flatMap((part) => Object.values(part.packageDirs));
  }

  #dynamicModuleIds(): Set<string> {
    const dynamic = this.composition.modules.filter((part) => part.owner !== STATIC_OWNER);
    return new Set(dynamic.flatMap((part) => moduleIdsOf(part, this.pluginId)));
  }

  #serviceFactories(): ServiceFactory[] {
    const { services } = this.#host;
    const unit = this.#own.services;
    const own = this.#own.factories();
    const rootHttpRouter = services.original(coreServices.rootHttpRouter);
    own.set(rootHttpRouter.service.id, { ...rootHttpRouter, deps: {}, factory: async () => this.#facade() });
    const httpRouter = unit.share(services.original(coreServices.httpRouter));
    own.set(httpRouter.service.id, this.#recording(httpRouter));
    const database = this.#database?.service(unit, services);
    if (database) own.set(database.service.id, database);
    for (const factory of this.#host.ownServices ?? []) own.set(factory.service.id, factory);
    const factories = unit.factories().map((factory) => own.get(factory.service.id) ?? factory);
    return [...factories, this.#health.factory()] as unknown as ServiceFactory[];
  }

  /** A router of the unit's plugin that checks and records openings, and handles upgrades after the session check. */
  #recording(httpRouter: ServiceFeature): ServiceFeature {
    return recordingHttpRouter(httpRouter, {
      opens: (policy, owner = this.#defaultOwner()) => {
        const foreign = owner !== this.composition.plugin?.owner;
        const mayOpen = owner === STATIC_OWNER || this.#host.policy.mayOpen(owner, this.pluginId, policy, foreign);
        (mayOpen ? this.openedRoutes : this.refusedRoutes).push({ pluginId: this.pluginId, ...policy, owner });
        this.routesChanged();
        return mayOpen;
      },
      takes: (request) => this.#upgrades.take(request),
      onWebSocket: (path, open, owner = this.#defaultOwner()) => {
        this.webSockets.push({ path, open, owner });
        this.routesChanged();
      },
    });
  }

  /** The owner of a declaration without one: the bundle, if there is one. */
  #defaultOwner(): string {
    return partsOf(this.composition).find(({ owner }) => owner !== STATIC_OWNER)?.owner ?? STATIC_OWNER;
  }

  /** The unit's rootHttpRouter: its routes are captured here, and reached through the slots. */
  #facade(): RootHttpRouterService {
    return {
      use: (path, handler) => this.#mount(path, handler as RequestHandler),
      addWebSocketHandler: ({ path, handler }) => {
        this.#upgrades.addHandler(path, handler);
        const isMounted = [...this.#routes.keys()].some((route) => `${path}/`.startsWith(`${route}/`));
        if (!isMounted) this.#mount(path, passOn);
      },
    };
  }

  #mount(path: string, plain: RequestHandler): void {
    const earlier = this.#routes.get(path);
    const handler = this.#host.decorateRoutes?.(this.pluginId, plain) ?? plain;
    this.#routes.set(path, earlier ? inTurn(earlier, handler) : handler);
    this.mounted([path]);
    this.routesChanged();
  }
}

const passOn: RequestHandler = (_request, _response, next) => next();

/** A handler that calls `second` if `first` passes the request on without an error. */
function inTurn(first: RequestHandler, second: RequestHandler): RequestHandler {
  return (request, response, next) =>
    first(request, response, (fault?: unknown) => {
      if (fault === undefined) second(request, response, next);
      else next(fault);
    });
}
