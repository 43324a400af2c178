import type { Summary } from '../adminApi';
import { CodeCache } from '../compile/codeCache';
import { ADMIN_PLUGIN_ID } from '../composition/ownPlugins';
import { followBuildReports } from '../drops/buildReports';
import { Collector } from '../drops/collector';
import { retryOnConfigChange } from '../drops/configRetry';
import { DropDirectory } from '../drops/dropDirectory';
import type { FoundDrop } from '../drops/dropReader';
import { Uploads } from '../drops/uploads';
import { drainGenerations } from '../drain/drainGenerations';
import { isFrontend, serveFrontends, type FrontendRemotes } from '../frontend/frontendRemotes';
import { APP_PLUGIN_ID, withPageConfig } from '../frontend/pages';
import { appFolder, hostPackages } from '../host/hostPackages';
import { StartupHooks } from '../host/startupHooks';
import { Bundles } from '../lifecycle/bundles';
import { EventLog } from '../lifecycle/eventLog';
import { Exclusions } from '../lifecycle/exclusions';
import { openProcesses } from '../lifecycle/openProcesses';
import { startGeneration, type UnitHost } from '../lifecycle/startGeneration';
import type { RecordedStatus } from '../lifecycle/states';
import { StatusStore } from '../lifecycle/statusStore';
import { tellDecision } from '../lifecycle/tellDecision';
import { Units } from '../lifecycle/units';
import { Recorder } from '../history/recorder';
import { PluginLogs } from '../logs/pluginLogs';
import { openMigrations } from './openMigrations';
import { Observations } from '../observability/observations';
import { BundleDetails } from '../operator/bundleDetails';
import { Decisions } from '../operator/decisions';
import { Operations } from '../operator/operations';
import { Operator } from '../operator/operator';
import { hideFromDevelopmentServer } from '../patches/developmentServer';
import { LeftBehind } from '../patches/leftBehind';
import { patchResolution } from '../patches/resolution';
import { Pipeline } from '../pipeline/pipeline';
import type { PolicyDecision } from '../policy/decision';
import { DEFAULT_POLICY, Policy } from '../policy/policy';
import { resolveBundle } from '../resolve/resolveBundle';
import { Slots } from '../serve/slots';
import { StandIns } from '../serve/standIns';
import { KeptState } from '../start/keptState';
import { AllEvents } from '../start/unitEvents';
import { DEFAULT_VERSIONS } from '../settings/versions';
import { summarize } from '../summary/summarize';
import { Gate } from '../validate/gate';
import { describeHost } from '../validate/host';
import { PassedChecks } from '../validate/passedChecks';
import { DynamicPlugins } from './dynamicPlugins';
import { factsOf } from './factsOf';
import { currentFaults } from './currentFaults';
import { openState, type RuntimeState } from './openState';
import type { DynamicOptions, RuntimeOptions } from './runtimeOptions';
import { Closers, type DynamicParts, type RuntimeParts, type RuntimePhase } from './runtimeParts';

/** Times for a host without `dynamicPlugins` settings, whose static plugins are units all the same. */
const STATIC_ONLY = { startTimeoutMs: 2 ** 31 - 1 - 5000, drainTimeoutMs: 10_000 };

/**
 * The composition root: creates every object that lives as long as the portal once, from the ones before it. Nothing serves
 * yet, see `DynamicPlugins.boot`. Throws STATE_DIRECTORY_IN_USE, STATE_UNWRITABLE.
 */
export async function createRuntime(options: RuntimeOptions): Promise<DynamicPlugins> {
  const closers = new Closers();
  const slots = new Slots(options.rootHttpRouter);
  // Static plugins are known: requests before their start are held, as in Backstage.
  const release = slots.holdPlugins(options.own.pluginIds);
  try {
    const { dynamic, logger } = options;
    const opened = dynamic && (await openState(dynamic.settings, { ...dynamic, logger }));
    const parts = await createParts(options, { closers, slots, opened });
    return new DynamicPlugins(parts, release);
  } catch (error) {
    release();
    await closers.close();
    throw error;
  }
}

/** Inputs of the parts. */
interface Given {
  closers: Closers;
  slots: Slots;
  /** Undefined in a portal with static plugins only. */
  opened: RuntimeState | undefined;
}

/** States of a bundle that was let in and is not loaded yet. */
const ON_THE_WAY = new Set<string>(['staging', 'starting']);

async function createParts(options: RuntimeOptions, { closers, slots, opened }: Given): Promise<RuntimeParts> {
  const { services, rootHttpRouter, rootLogger, config, logger, own, timings, startup } = options;
  const settings = options.dynamic?.settings;
  const { startTimeoutMs, drainTimeoutMs } = settings ?? STATIC_ONLY;
  const phase: RuntimePhase = { booted: false };
  const summaryOf = (status: RecordedStatus): Summary => {
    const known = opened && bundles && settings && { bundles, settings, state: opened.state };
    return summarize(
      known ? factsOf(status, { registry, observations }, known) : { status, remembered: {}, lastGood: true },
    );
  };
  const events = new EventLog({
    ...(opened && { first: await opened.state.reserveEvents(Date.now() * 1000) }),
    summary: (plugin) => {
      const status = registry.get(plugin);
      if (!status) return undefined;
      const { state, message } = summaryOf(status);
      return { state, message };
    },
  });
  const onDecision = (decision: PolicyDecision): void => tellDecision(decision, { logger, events });
  const policy = new Policy(settings ?? DEFAULT_POLICY, onDecision);
  const host = describeHost(hostPackages(), options.cwd, appFolder(config));
  const gate = new Gate({
    host,
    policy,
    config,
    versions: settings?.versions ?? DEFAULT_VERSIONS,
    rootLogger,
    newest: (name) => opened?.state.newest(name),
    passed: opened && new PassedChecks(opened.shelves.compiled),
    workers: options.dynamic?.schemaWorkers,
    counts: (name) => bundles?.loaded(name) !== undefined || ON_THE_WAY.has(registry.get(name)?.state ?? ''),
  });
  const startupHooks = new StartupHooks();
  const registry: StatusStore = new StatusStore(logger, events, (name, version, level, message) =>
    logs?.add(name, { level, source: 'portal', message }, version),
  );
  const logs: PluginLogs | undefined =
    opened &&
    new PluginLogs({
      stateDirectory: opened.directory,
      versionOf: (name) => versionOf(registry.get(name), bundles?.loaded(name)),
      redactor: () => gate.redactor(),
    });
  const units: Units = new Units({
    slots,
    start: (pluginId, composition, current) => startGeneration(pluginId, composition, unitHost, current),
    startup,
    reservedFor: (claim) => opened?.state.holderOf(claim),
  });
  const observations = new Observations({
    settings,
    units,
    config,
    registry,
    events,
    logger,
    timings,
    summaries: () => registry.list().map((status) => summaryOf(status).state),
    faults: () => currentFaults(parts).map(({ code }) => code),
    onHealth: (owner, fault) => {
      const status = registry.get(owner);
      if (!status) return;
      const { name, state, version, digest } = status;
      events.append({ type: 'health', plugin: name, state, version, digest, ...fault?.toJSON() });
    },
  });
  const frontends = serveFrontends({
    ...{ rootHttpRouter, config, logger, secrets: () => gate.secrets() },
    backends: () =>
      (bundles?.allLoaded() ?? [])
        .filter((bundle) => !isFrontend(bundle))
        .map((bundle) => ({ name: bundle.name, schemas: gate.schemasOf(bundle).map(({ value }) => value) })),
  });
  const bundles: Bundles | undefined =
    opened &&
    new Bundles({ units, registry, state: opened.state, logger, lastLines: (name) => logs?.lastLines(name) ?? [] });
  const processes =
    opened && bundles && settings
      ? await openProcesses({
          ...options,
          settings,
          stateDirectory: opened.directory,
          installedPlugins: () => units.installed(),
          startupHooks,
          onDecision,
          logs,
          units,
          bundles,
        })
      : undefined;
  const leftBehind = opened && watchStagedCode(opened, closers);
  const migrations = opened && settings && openMigrations({ settings, config, memory: opened.state, logger, events });
  const unitHost: UnitHost = {
    services,
    slots,
    rootLogger,
    startTimeoutMs,
    drainTimeoutMs,
    policy,
    events: new AllEvents(),
    kept: new KeptState(),
    startup,
    startupHooks,
    processes,
    logs,
    migrations,
    leftBehind,
    onRoutes: () => bundles?.routesChanged(),
    traffic: (pluginId) => observations.traffic(pluginId),
    decorateRoutes: (pluginId, handler) =>
      settings && pluginId === APP_PLUGIN_ID ? withPageConfig(handler, () => frontends.pageConfig(), logger) : handler,
  };
  const operations = new Operations(events);
  const parts: RuntimeParts = {
    ...{ own, host, logger, slots, events, registry, operations, observations, gate, migrations, units, startupHooks },
    summaryOf,
    ...{ phase, closers },
    details: new BundleDetails(config, (name) => bundles?.loaded(name) ?? parts.dynamic?.drops.winner(name)),
    dynamic:
      opened && bundles && logs && options.dynamic
        ? createDynamic(options, options.dynamic, opened, {
            ...{ bundles, registry, units, gate, policy, operations, frontends, phase, closers, logs },
            processes: processes?.processes,
          })
        : undefined,
  };
  if (opened && logs) {
    if (processes) void logs.prepare().catch((error: Error) => logger.warn(error.message));
    const recorder = new Recorder({
      add: (entry) => opened.history.add(entry),
      ranLast: new Map(
        opened.state.names().flatMap((name) => {
          const { serving } = opened.state.get(name);
          return serving ? [[name, serving] as const] : [];
        }),
      ),
      lastLines: (plugin) => logs.lastLines(plugin),
      now: () => performance.now(),
    });
    events.subscribe((event) => recorder.follow(event));
  }
  const standIns = new StandIns(slots);
  events.subscribe(({ type, plugin }) => {
    if (type !== 'state') return;
    standIns.follow(plugin, registry.get(plugin));
    frontends.follow(plugin, bundles?.loaded(plugin));
    void migrations?.follow(plugin, bundles?.loaded(plugin));
  });
  return parts;
}

/** The version of a plugin that its next line belongs to: the one that starts, otherwise the one that runs. */
function versionOf(status: RecordedStatus | undefined, loaded: { version: string } | undefined): string {
  const starting = status && ON_THE_WAY.has(status.state) ? status.version : undefined;
  return starting ?? loaded?.version ?? status?.version ?? '';
}

/** Applies the patches that recognise staged code, before any of it is loaded. */
function watchStagedCode({ directory }: RuntimeState, closers: Closers): LeftBehind {
  const resolution = patchResolution();
  closers.add(() => resolution.dispose());
  const hidden = hideFromDevelopmentServer(directory);
  closers.add(() => hidden.dispose());
  const leftBehind = new LeftBehind(directory);
  closers.add(() => leftBehind.dispose());
  return leftBehind;
}

/** The other parts that the parts for bundles use. */
interface ForDynamic extends Pick<RuntimeParts, 'registry' | 'units' | 'gate' | 'operations' | 'phase' | 'closers'> {
  bundles: Bundles;
  policy: Policy;
  frontends: FrontendRemotes;
  logs: PluginLogs;
  processes: DynamicParts['processes'];
}

/** The pipeline with its steps, and the objects that drive it: drops, operators, config changes, builds of `stagedoor dev`. */
function createDynamic(
  { services, own, config, logger, timings }: RuntimeOptions,
  { settings, ahead, opening }: DynamicOptions,
  { shelves, state, history, exceptions, lost }: RuntimeState,
  { bundles, registry, units, gate, policy, operations, frontends, phase, closers, processes, logs }: ForDynamic,
): DynamicParts {
  const { rootDirectory: root, startTimeoutMs } = settings;
  const code = new CodeCache(shelves.compiled, { ahead });
  closers.add(() => code.close());
  const staticIds = [ADMIN_PLUGIN_ID, ...own.pluginIds];
  const pipeline: Pipeline<FoundDrop> = new Pipeline({
    bundles,
    locks: new Exclusions(),
    timings,
    logger,
    steps: {
      scan: (entry) => drops.scan(entry),
      stage: (found) => drops.stage(found),
      choose: (name) => drops.choose(name),
      chosen: (name) => drops.chosen(name),
      lastGood: (name) => drops.lastGood(name),
      prepare: (staged) => gate.prepare(staged),
      validate: (bundle, options) => gate.check(bundle, options),
      resolve: async (bundle) =>
        isFrontend(bundle)
          ? frontends.contributionOf(bundle)
          : await resolveBundle(bundle, {
              ...{ services, policy, processes, exceptions, code, staticIds, startTimeoutMs },
              serving: phase.booted,
            }),
      start: (owner, previous, next) => units.start(owner, previous, next),
      boot: (contributions) => units.boot(contributions),
      swap: (started) => units.swap(started),
      drain: (replaced) => drainGenerations(replaced),
    },
  });
  const { lastGood } = settings;
  const decisions = new Decisions({ state, shelves, registry, logger, lastGood });
  const drops = new DropDirectory({
    ...{ root, shelves, pipeline, bundles, decisions, registry, logger, timings, ahead },
  });
  const uploads = new Uploads({ root, shelves, drops, gate });
  const operator = new Operator({
    ...{ operations, drops, pipeline, bundles, decisions, registry, state, shelves, uploads },
  });
  closers.add(retryOnConfigChange(config, { registry, pipeline, logger }));
  const reports = followBuildReports(root, { registry, pipeline });
  closers.add(() => reports.close());
  const collector = new Collector({ shelves, drops, state, bundles });
  lost.addEventListener('abort', () => collector.close());
  closers.add(() => collector.close());
  const release = (): Promise<void> => opening.release();
  return { settings, state, history, logs, release, pipeline, bundles, drops, operator, reports, collector, processes };
}
