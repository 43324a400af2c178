import type {
  DiscoveryService,
  LoggerService,
  RootConfigService,
  RootHttpRouterService,
  RootLoggerService,
} from '@backstage/backend-plugin-api';
import { StagedoorError, findPackageDir, sharedPackages } from '@stagedoor/bundle';
import { mkdir } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodeCache } from '../compile/codeCache';
import { isFrontend, serveFrontends } from '../frontend/frontendRemotes';
import { APP_PLUGIN_ID, withPageConfig } from '../frontend/pages';
import type { RootServices } from '../host/rootServices';
import type { Contribution } from '../resolve/contribution';
import { watchRoot } from '../scan/watchRoot';
import type { PolicyDecision } from '../policy/decision';
import { DEFAULT_POLICY, Policy } from '../policy/policy';
import { resolveBundle } from '../process/resolveBundle';
import { Slots } from '../serve/slots';
import { StandIns } from '../serve/standIns';
import { openExceptions } from '../settings/plugins';
import type { Settings } from '../settings/settings';
import { patchPackagePaths } from '../stage/packagePaths';
import type { Shelves } from '../stage/shelf';
import { hideFromDevelopmentServer } from '../host/developmentServer';
import { LeftBehind } from '../host/leftBehind';
import type { StartupReport } from '../host/startupReport';
import { StartupHooks } from '../host/startupHooks';
import type { StateOpening } from '../stage/stateOpening';
import type { StagedBundle } from '../stage/stageDrop';
import type { AheadThread } from '../ahead/aheadThread';
import type { UnitHost } from '../start/startGeneration';
import { KeptState } from '../start/keptState';
import { AllEvents } from '../start/unitEvents';
import type { SchemaEntry } from '../validate/configSchema';
import { Gate } from '../validate/gate';
import { describeHost, type HostManifest } from '../validate/host';
import { PassedChecks } from '../validate/passedChecks';
import type { SchemaWorkers } from '../validate/schemaWorker/schemaWorkers';
import { messageOf } from '../thrown';
import type { Timings } from '../timing/timings';
import { followBuildReports, type BuildReports } from './buildReports';
import { BundleDetails } from './bundleDetails';
import { Bundles } from './bundles';
import { Collector } from './collector';
import { retryOnConfigChange } from './configRetry';
import { Decisions } from './decisions';
import { DropDirectory } from './dropDirectory';
import { EventLog } from './eventLog';
import { Observations } from './observations';
import { openProcesses } from './openProcesses';
import { Operations, type Operation } from './operations';
import { Operator, unknownPlugin, type PluginOperationKind } from './operator';
import { PluginRegistry } from './registry';
import { failedPolicies, policyMissing } from './policyBundles';
import { missingOf } from './required';
import { StateFile } from './stateFile';
import type { PluginStatus } from './states';
import { tellDecision } from './tellDecision';
import { ADMIN_PLUGIN_ID, INFO_PLUGIN_ID } from './ownPlugins';
import { Units } from './units';
import { Uploads } from './uploads';

/** What the runtime is given by the backend it lives in. */
export interface DynamicPluginsOptions {
  /** Undefined: static units only. */
  settings: Settings | undefined;
  services: RootServices;
  rootHttpRouter: RootHttpRouterService;
  rootLogger: RootLoggerService;
  discovery: DiscoveryService;
  config: RootConfigService;
  logger: LoggerService;
  /** The portal's own plugins and modules. */
  own: Contribution;
  timings: Timings;
  cwd: string;
  /** Hears what the start of the portal's own plugins came to. */
  startup: StartupReport;
  /** Stages and compiles while the portal starts; undefined where there is nothing new. */
  ahead?: AheadThread;
  /** Threads that check app-config. */
  schemaWorkers: SchemaWorkers;
  /** The state directory; undefined where there are no settings. */
  opening?: StateOpening;
  /** The id of the portal's instance, see `PortalMetadata`. */
  instanceId(): string | undefined;
}

/** Times for a host without `dynamicPlugins` settings, whose static plugins are units all the same. */
const STATIC_ONLY = { startTimeoutMs: 2 ** 31 - 1 - 5000, drainTimeoutMs: 10_000 };
const CLOSE_TIMEOUT_MS = 3000;

/** The runtime: boots every unit, then follows the root directory until it is stopped. */
export class DynamicPlugins {
  readonly host: HostManifest;
  /** What happened to the dynamic plugins, and what happens next. */
  readonly events = new EventLog();
  /** What the bundles that serve, or would, say of themselves. */
  readonly details: BundleDetails;
  /** How the plugins are. */
  readonly observations: Observations;
  readonly #operations = new Operations(this.events);
  readonly #options: DynamicPluginsOptions;
  readonly #registry: PluginRegistry;
  readonly #state: StateFile;
  readonly #unitHost: UnitHost;
  readonly #units: Units;
  readonly #gate: Gate;
  readonly #bundles: Bundles;
  readonly #closers: Array<() => Promise<void> | void> = [];
  #code: CodeCache | undefined;
  #booted = false;
  readonly #startupHooks = new StartupHooks();
  #drops: DropDirectory | undefined;
  #reports: BuildReports | undefined;
  #collector: Collector | undefined;
  #operator: Operator | undefined;
  readonly #tellDecision = (decision: PolicyDecision): void => {
    tellDecision(decision, { logger: this.#options.logger, events: this.events });
  };
  #release = (): void => {};
  #stopped: Promise<void> | undefined;

  constructor(options: DynamicPluginsOptions) {
    const { settings, services, rootHttpRouter, rootLogger, config, logger, cwd } = options;
    this.#options = options;
    this.host = describeHost(sharedPackages(__dirname), cwd);
    const { startTimeoutMs, drainTimeoutMs } = settings ?? STATIC_ONLY;
    const policy = new Policy(settings ?? DEFAULT_POLICY, this.#tellDecision);
    this.#unitHost = {
      services,
      slots: new Slots(rootHttpRouter),
      rootLogger,
      startTimeoutMs,
      drainTimeoutMs,
      policy,
      events: new AllEvents(),
      kept: new KeptState(),
      startup: options.startup,
      startupHooks: this.#startupHooks,
      onRoutes: () => this.#bundles.routesChanged(),
    };
    this.#registry = new PluginRegistry(logger, this.events);
    const frontends = serveFrontends({ rootHttpRouter, config, logger, secrets: () => this.#gate.secrets() });
    if (settings) {
      this.#unitHost.decorateRoutes = (pluginId, handler) =>
        pluginId === APP_PLUGIN_ID ? withPageConfig(handler, () => frontends.pageConfig(), logger) : handler;
    }
    const standIns = new StandIns(this.#unitHost.slots);
    this.events.subscribe(({ type, plugin }) => {
      if (type !== 'state') return;
      standIns.follow(plugin, this.#registry.get(plugin));
      frontends.follow(plugin, this.#bundles.loaded(plugin));
    });
    this.#state = new StateFile(({ code, message, hint }) => logger.error(`${code}: ${message} Remedy: ${hint}`));
    this.#units = new Units(this.#unitHost, (claim) => this.#state.holderOf(claim));
    const [units, registry, events] = [this.#units, this.#registry, this.events];
    this.observations = new Observations({
      ...options,
      units,
      registry,
      events,
      faults: () => this.faults().map(({ code }) => code),
    });
    const newest = (name: string): string | undefined => this.#state.newest(name);
    this.#gate = new Gate({ host: this.host, policy, config, newest, rootLogger, workers: options.schemaWorkers });
    this.details = new BundleDetails(config, (name) => this.#bundles.loaded(name) ?? this.#drops?.winner(name));
    this.#bundles = new Bundles({
      units: this.#units,
      resolve: async (bundle) =>
        isFrontend(bundle)
          ? frontends.contributionOf(bundle)
          : await resolveBundle(bundle, {
              services,
              policy,
              processes: this.#unitHost.processes?.processes,
              code: this.#code,
              serving: this.#booted,
              staticIds: [ADMIN_PLUGIN_ID, ...options.own.pluginIds],
              startTimeoutMs,
            }),
      registry: this.#registry,
      timings: options.timings,
      state: this.#state,
      logger,
      gate: this.#gate,
    });
  }

  /** Statuses of all bundles, sorted by name. */
  list(): PluginStatus[] {
    return this.#registry.list().map((status) => this.#complete(status));
  }

  /** What keeps the portal from following its drops now. */
  faults(): StagedoorError[] {
    const fault = this.#drops?.rootFault;
    const policies = this.#booted ? this.failedPolicies() : [];
    return [...(fault ? [fault] : []), ...policies.map(policyMissing)];
  }

  /**
   * The config schemas of all bundles that are loaded, for whoever shows app-config to browsers: Backstage's app plugin gives
   * them those values that a schema calls visible.
   */
  schemas(): SchemaEntry[] {
    return this.#loaded().flatMap((bundle) => this.#gate.schemasOf(bundle));
  }

  /** What of `dynamicPlugins.required` does not serve now: plugin ids and package names. */
  missingRequired(): string[] {
    const required = this.#options.settings?.required ?? [];
    return missingOf(required, this.#registry.list(), (id) => this.#units.get(id)?.current !== undefined);
  }

  /** Bundles that are to set a permission policy, and do not run though nobody disabled or removed them. */
  failedPolicies(): string[] {
    return failedPolicies({
      statuses: this.#registry.list(),
      state: this.#state,
      packageJson: (name) => this.#drops?.winner(name)?.packageJson,
      loaded: (name) => this.#bundles.loaded(name) !== undefined,
    });
  }

  /** One bundle's status by its name. Throws PLUGIN_UNKNOWN. */
  status(name: string): PluginStatus {
    const status = this.#registry.get(name);
    if (!status) throw unknownPlugin(name);
    return { ...this.#complete(status), ...this.observations.bootOf(status) };
  }

  /** Starts an operation; see {@link Operator.start}. */
  operate(kind: PluginOperationKind, name: string, by: string): { operation: Operation; done: Promise<Operation> } {
    if (!this.#operator) throw unknownPlugin(name);
    return this.#operator.start(kind, name, by);
  }

  /** Takes an archive for the root directory; see {@link Operator.upload}. Throws ROOT_UNWRITABLE where there is none. */
  async upload(body: Readable, by: string): Promise<{ operation: Operation; done: Promise<Operation> }> {
    if (!this.#operator)
      throw new StagedoorError('ROOT_UNWRITABLE', 'This portal has no dynamicPlugins.rootDirectory.');
    return await this.#operator.upload(body, by);
  }

  /** An operation of this run of the portal. Throws OPERATION_UNKNOWN. */
  operation(id: string): Operation {
    const operation = this.#operations.get(id);
    if (!operation) throw new StagedoorError('OPERATION_UNKNOWN', `There is no operation '${id}'.`);
    return operation;
  }

  /** Plugins that run or are starting, with their modules, static ones included. */
  installedPlugins(): Array<{ pluginId: string; modules: Array<{ moduleId: string }> }> {
    return this.#units.installed();
  }

  /** Starts every unit; resolves when each has reached an end state. Rejects when a static plugin must not fail. */
  async boot(): Promise<void> {
    const { settings, own } = this.#options;
    this.#closers.push(await this.observations.start(this.#unitHost));
    this.#closers.push(() => this.#gate.close());
    // Its own plugins are known: who asks for one before it has started waits, as in Backstage.
    await this.#unitHost.slots.holdingPlugins(own.pluginIds, () => this.#boot(settings));
  }

  async #boot(settings: Settings | undefined): Promise<void> {
    const { own, config, logger } = this.#options;
    if (!settings) {
      await this.#bundles.boot(own, []);
      return;
    }
    for (const id of openExceptions(settings)) {
      logger.warn(
        `dynamicPlugins.plugins.${id}: isolation is in-process, and packages is not set: any bundle that brings or extends the ` +
          `plugin '${id}' runs in the portal. Name the bundles that are meant under packages.`,
      );
    }
    // Why it cannot be read is told when it is.
    await mkdir(settings.rootDirectory, { recursive: true }).catch(() => {});
    const opening = this.#options.opening!;
    this.#release = () => opening.release();
    this.#patchPackagePaths();
    const { directory: stateDirectory, lock, shelves } = await opening.open((fault) => this.#lostState(fault));
    await this.#state.open(stateDirectory, () => lock.assertHeld());
    this.events.beginAfter(await this.#state.reserveEvents(this.events.last));
    this.#gate.passed = new PassedChecks(shelves.compiled);
    const hidden = hideFromDevelopmentServer(stateDirectory);
    this.#closers.push(() => hidden.dispose());
    const leftBehind = new LeftBehind(stateDirectory);
    this.#unitHost.leftBehind = leftBehind;
    this.#closers.push(() => leftBehind.dispose());
    const code = new CodeCache(shelves.compiled);
    this.#code = code;
    this.#closers.push(() => code.close());
    this.#unitHost.processes = await openProcesses({
      ...this.#options,
      settings,
      stateDirectory,
      installedPlugins: () => this.installedPlugins(),
      startupHooks: this.#startupHooks,
      onDecision: this.#tellDecision,
      units: this.#units,
      bundles: this.#bundles,
    });
    const drops = this.#followDrops(settings.rootDirectory, shelves);
    this.#closers.push(retryOnConfigChange(config, { registry: this.#registry, drops, logger }));
    code.ahead = this.#options.ahead;
    const bundles: StagedBundle[] = await drops.boot(this.#options.ahead);
    // Those that served before are asked for at once; a new one declares what it likes.
    const expected = bundles.flatMap((bundle) => {
      const { holds = [] } = this.#state.get(bundle.name);
      return this.#declaredIds(bundle).filter((id) => holds.includes(id.toLowerCase()));
    });
    const late = await this.#unitHost.slots.holdingPlugins(expected, () => this.#bundles.boot(own, bundles));
    this.#booted = true;
    code.ahead = undefined;
    for (const { code, message, hint } of this.failedPolicies().map(policyMissing)) {
      logger.error(`${code}: ${message} Remedy: ${hint}`);
    }
    drops.open();
    for (const name of late) this.#startLate(name, drops);
    const reports = followBuildReports(settings.rootDirectory, { registry: this.#registry, drops });
    this.#reports = reports;
    this.#closers.push(() => reports.close());
    const [registry, state] = [this.#registry, this.#state];
    this.#collector = new Collector({ shelves, drops, registry, state, bundles: this.#bundles });
    this.#closers.push(() => this.#collector!.close());
    await this.#collector.collect();
  }

  /** Has root start-up hooks run, when the portal has started; resolves when those of its own plugins have ended. */
  async started(): Promise<void> {
    await this.#startupHooks.open();
  }

  /** Requests to a plugin that the portal did not wait for wait for it, as for any that is starting. */
  #startLate(name: string, drops: DropDirectory): void {
    const bundle = drops.winner(name);
    const ids = bundle ? this.#declaredIds(bundle) : [];
    void this.#unitHost.slots.holdingPlugins(ids, () => drops.reconcileLater(name));
  }

  /** The id of the plugin that a bundle says it is for, unless it is one of the portal's own. */
  #declaredIds({ packageJson }: StagedBundle): string[] {
    const id: unknown = packageJson.backstage?.pluginId;
    if (typeof id !== 'string') return [];
    const own = [ADMIN_PLUGIN_ID, INFO_PLUGIN_ID, ...this.#options.own.pluginIds];
    return own.some((other) => other.toLowerCase() === id.toLowerCase()) ? [] : [id];
  }

  /** Begins to follow the root directory, when the portal has started: a first look at every file takes a start's time. */
  watch(): void {
    const [root, drops] = [this.#options.settings?.rootDirectory, this.#drops];
    if (!root || !drops || this.#stopped) return;
    const changed = (entry: string): void => drops.changed(entry);
    this.#closers.push(watchRoot(root, drops.entries(), changed, (fault) => drops.readable(fault)));
  }

  /** Stops following drops, lets requests finish, runs every plugin's shutdown hooks. `delayMs` comes first. */
  stop(delayMs = 0): Promise<void> {
    this.#stopped ??= (async () => {
      if (delayMs > 0) await sleep(delayMs);
      for (const close of this.#closers) await close();
      // A plugin that is just starting, or hangs in it, must not hold up the end.
      const idle = Promise.all([this.#operations.close(), this.#drops?.close()]);
      await Promise.race([idle, sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
      const results = await this.#units.shutDown();
      await this.#bundles.retired();
      await this.#unitHost.processes?.processes.dispose();
      for (const result of results) {
        if (result.status === 'rejected') this.#options.logger.warn(messageOf(result.reason));
      }
      await this.#state.close();
      this.#release();
    })();
    return this.#stopped;
  }

  /** This process stood still for so long that another took its state directory: nothing is removed there any more. */
  #lostState(fault: StagedoorError): void {
    this.#collector?.close();
    this.#options.logger.error(`${fault.code}: ${fault.message} Remedy: ${fault.hint}`);
  }

  #loaded(): StagedBundle[] {
    return this.#registry.list().flatMap(({ name }) => this.#bundles.loaded(name) ?? []);
  }

  #complete(status: PluginStatus): PluginStatus {
    return {
      ...status,
      ...this.#bundles.whereabouts(status.name),
      ...this.observations.of(status),
      ...(this.#reports?.has(status.name) && { developed: true }),
    };
  }

  #patchPackagePaths(): void {
    const backendPluginApi = findPackageDir('@backstage/backend-plugin-api', __dirname);
    if (!backendPluginApi) return;
    const patch = patchPackagePaths(backendPluginApi);
    this.#closers.push(() => patch.dispose());
  }

  #followDrops(root: string, shelves: Shelves): DropDirectory {
    const { logger, timings } = this.#options;
    const [bundles, registry, state] = [this.#bundles, this.#registry, this.#state];
    const decisions = new Decisions({ state, shelves, registry, logger });
    const drops = new DropDirectory({ root, shelves, bundles, decisions, registry, logger, timings });
    this.#drops = drops;
    this.#operator = new Operator({
      operations: this.#operations,
      drops,
      bundles,
      decisions,
      registry,
      state,
      shelves,
      uploads: new Uploads({ root, shelves, drops, gate: this.#gate }),
    });
    return drops;
  }
}
