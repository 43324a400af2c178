import { coreServices, type RootLifecycleService, type RootLoggerService } from '@backstage/backend-plugin-api';
import type { CodedError } from '@stagedoor/bundle';
import type { JsonObject } from '@backstage/types';
import type { HealthReport } from '../../observability/health/report';
import type { AnyServiceRef } from '../../host/features';
import { StartupHooks } from '../../host/startupHooks';
import { Policy } from '../../policy/policy';
import type { Contribution } from '../../composition/contribution';
import { contributionOf } from '../../resolve/contributionOf';
import { Slots } from '../../serve/slots';
import { setPackageDir } from '../../patches/packagePaths';
import { patchResolution } from '../../patches/resolution';
import { packageDirs, type StagedBundle } from '../../stage/stagedBundle';
import { compose } from '../../composition/compose';
import { Generation } from '../../start/generation';
import type { Composition } from '../../composition/part';
import { StartFailure } from '../../start/startFailure';
import type { ChildSetup, ChildUnit, Registered, Routes, StartFault } from '../messages';
import { childServer } from './listen';
import { childServices, type ChildServices, type PortalLink } from './services';

/** The lifecycle that runs the hooks of shared services; with a host backend, Backstage calls these. */
type HostLifecycle = RootLifecycleService & Record<'startup' | 'beforeShutdown' | 'shutdown', () => Promise<void>>;

/** The work of a child process: it loads bundles and runs one unit of them. */
export class ChildRuntime {
  readonly #setup: ChildSetup;
  readonly #services: ChildServices;
  readonly #policy: Policy;
  readonly #contributions = new Map<string, Promise<Contribution>>();
  readonly #portal: PortalLink;
  readonly #startupHooks = new StartupHooks();
  #generation: Generation | undefined;
  #telling = false;
  #stop: () => Promise<void> = async () => {};

  constructor(setup: ChildSetup, portal: PortalLink) {
    this.#setup = { ...setup, settings: bare(setup.settings) };
    this.#portal = portal;
    this.#services = childServices(portal, setup);
    this.#policy = new Policy(this.#setup.settings, (decision) => portal.notify('decision', decision));
    patchResolution(setup.backendPluginApiDir);
  }

  /** Loads a bundle and returns what it registers. Throws the codes of {@link contributionOf}. */
  async inspect(bundle: StagedBundle): Promise<Registered> {
    const { pluginIds, modules } = await this.#contribution(bundle);
    return { pluginIds, modules };
  }

  /** Starts the unit and listens. */
  async start({ pluginId, bundles, database }: ChildUnit): Promise<Routes | StartFault> {
    const { settings, socketPath, maxHeaderSize } = this.#setup;
    const contributions = await Promise.all(bundles.map((bundle) => this.#contribution(bundle)));
    const rootLogger = await this.#root<RootLoggerService>(coreServices.rootLogger);
    const server = childServer({ config: this.#services.config.root, rootLogger, maxHeaderSize });
    const { startTimeoutMs, drainTimeoutMs } = settings;
    const composition = contributions.reduce<Composition>(
      (rest, contribution) => compose(rest, pluginId, contribution),
      { modules: [] },
    );
    let generation: Generation;
    try {
      generation = await Generation.start(pluginId, composition, {
        services: this.#services.services,
        slots: new Slots(server.routes),
        rootLogger,
        startTimeoutMs,
        drainTimeoutMs,
        policy: this.#policy,
        startupHooks: this.#startupHooks,
        database: database && { setup: () => database, heard: (report) => this.#portal.notify('database', report) },
        onRoutes: () => this.#tellRoutes(),
      });
    } catch (error) {
      const { plugin, modules, allowed } = StartFailure.from(pluginId, error);
      const faults = [...modules].map(([id, fault]) => [id, fault.toJSON()] as [string, CodedError]);
      return { plugin: plugin?.toJSON(), modules: faults, allowed };
    }
    const lifecycle = await this.#root<HostLifecycle>(coreServices.rootLifecycle);
    await lifecycle.startup();
    generation.serve();
    await server.listen(socketPath);
    this.#stop = async () => {
      await lifecycle.beforeShutdown();
      await generation.stop();
      await lifecycle.shutdown();
      server.close();
    };
    this.#generation = generation;
    return routesOf(generation);
  }

  /** Runs the health checks of the unit; undefined before it runs. */
  async health(timeoutMs: number): Promise<HealthReport | undefined> {
    return this.#generation?.checkHealth(timeoutMs);
  }

  /** The metrics of the plugin, in Prometheus' text format. */
  metrics(): Promise<string> {
    return this.#services.metrics();
  }

  /** Every plugin of the portal has started: root start-up hooks run. */
  portalStarted(): void {
    void this.#startupHooks.open();
  }

  /** App-config has changed. */
  configChanged(data: JsonObject): void {
    this.#services.config.replace(data);
  }

  /** Runs the shutdown hooks of the unit and of shared services. */
  stop(): Promise<void> {
    return this.#stop();
  }

  /** A plugin may open and mount paths after its start; the portal must know them before it forwards requests there. */
  #tellRoutes(): void {
    if (!this.#generation || this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      this.#portal.notify('routes', routesOf(this.#generation!));
    });
  }

  #root<T>(ref: { id: string }): Promise<T> {
    return this.#services.services.get(ref as AnyServiceRef) as Promise<T>;
  }

  #contribution(bundle: StagedBundle): Promise<Contribution> {
    let contribution = this.#contributions.get(bundle.dir);
    if (!contribution) {
      for (const [name, dir] of Object.entries(packageDirs(bundle))) setPackageDir(name, dir);
      contribution = contributionOf(bundle, this.#services.services, this.#policy);
      this.#contributions.set(bundle.dir, contribution);
    }
    return contribution;
  }
}

function routesOf({ paths, openedRoutes, refusedRoutes, webSockets }: Generation): Routes {
  return { paths: [...paths], openedRoutes, refusedRoutes, webSockets };
}

/** The same without prototypes, in the form that the portal reads: a plugin id may be `constructor`. */
function bare<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(bare) as T;
  const entries = Object.entries(value).map(([key, inner]) => [key, bare(inner as unknown)]);
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as T;
}
