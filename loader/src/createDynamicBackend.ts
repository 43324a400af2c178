import {
  BackendStartupError,
  createSpecializedBackend,
  type Backend,
  type BackendStartupResult,
} from '@backstage/backend-app-api';
import {
  coreServices,
  type RootConfigService,
  type RootLoggerService,
  type ServiceFactory,
} from '@backstage/backend-plugin-api';
import { readDurationFromConfig } from '@backstage/config';
import { durationToMilliseconds } from '@backstage/types';
import type { AheadThread } from './ahead/aheadThread';
import { startAhead } from './ahead/startAhead';
import { readAccessRules } from './admin/accessRules';
import { adminPlugin } from './admin/adminPlugin';
import { withFallbackPolicy } from './admin/fallbackPolicy';
import { loadedPluginsPlugin } from './admin/loadedPlugins';
import { bundleSchemasFactory } from './compatible/bundleSchemas';
import { surviveClosedOutput } from './patches/closedOutput';
import { raiseListenerLimit } from './patches/listenerLimit';
import type { Patch } from './patches/patchProperty';
import { defaultServiceFactories } from './host/defaultServiceFactories';
import { checkHostCopies } from './host/hostCopies';
import { expandFeatures } from './host/expandFeatures';
import { asFeature, type AnyServiceRef, type Feature } from './host/features';
import { PortalMetadata } from './host/installedPlugins';
import { preloadFactories } from './host/lazyServiceFactory';
import { withRequired } from './host/readiness';
import { RootServices } from './host/rootServices';
import { StartupReport } from './host/startupReport';
import { withOwnSignals } from './patches/signals';
import { describeRegistrations } from './composition/contribution';
import { createRuntime } from './runtime/createRuntime';
import type { DynamicPlugins } from './runtime/dynamicPlugins';
import { ADMIN_PLUGIN_ID, INFO_PLUGIN_ID } from './composition/ownPlugins';
import { readSettings } from './settings/readSettings';
import { StateOpening } from './stage/stateOpening';
import { STATIC_OWNER } from './composition/part';
import { timed } from './observability/timing/timed';
import { Timings } from './observability/timing/timings';
import { SchemaWorkers } from './validate/schemaWorker/schemaWorkers';

/**
 * A Backstage backend like `createBackend()`, with one difference: every plugin is a unit that can be rebuilt and
 * swapped while the portal runs, and bundles dropped into `dynamicPlugins.rootDirectory` join, change and leave
 * without a restart.
 *
 * `start()` rejects as Backstage's does when a static plugin fails (see `backend.startup` in app-config), and with
 * SETTING_INVALID for a wrong value under `dynamicPlugins`; a failing bundle never rejects it.
 */
export function createDynamicBackend(): Backend {
  const added: Array<Promise<unknown>> = [];
  let host: Backend | undefined;
  let plugins: DynamicPlugins | undefined;
  const patches: Patch[] = [];
  const stopping = new AbortController();
  const timings = new Timings();
  let preload = (): void => {};
  let ahead: AheadThread | undefined;
  let opening: StateOpening | undefined;
  const startup = new StartupReport();
  const schemaWorkers = new SchemaWorkers();

  async function assemble(): Promise<Backend> {
    const untested = checkHostCopies();
    const services = new RootServices([
      ...defaultServiceFactories,
      bundleSchemasFactory(() => plugins?.schemas() ?? []),
    ]);
    const metadata = new PortalMetadata(() => plugins?.installedPlugins() ?? []);
    services.add(metadata.factory(), 'explicit');
    const expanded = await expandFeatures(
      toFeatures(await timed('import', 'features', () => Promise.all(added))),
      (ref) => services.get(ref),
      (factory, origin) => services.add(factory, origin),
    );
    const root = <T>(ref: { id: string }): Promise<T> => services.get(ref as AnyServiceRef) as Promise<T>;
    const config = await root<RootConfigService>(coreServices.rootConfig);
    const settings = readSettings(config, process.cwd());
    if (settings) {
      opening = new StateOpening(settings.stateDirectory);
      ahead = startAhead(settings, opening, () => schemaWorkers.warm());
    }
    const rootLogger = await root<RootLoggerService>(coreServices.rootLogger);
    for (const warning of untested) rootLogger.warn(warning);
    const rules = readAccessRules(config);
    const registrations = withFallbackPolicy(expanded.registrations, {
      rules,
      failedPolicies: () => plugins?.failedPolicies() ?? [],
      logger: rootLogger,
    });
    services.decorate(coreServices.rootHealth, (factory) =>
      withRequired(factory, {
        missing: () => plugins?.missingRequired() ?? [],
        faults: () => plugins?.faults().map(({ code }) => code) ?? [],
        logger: rootLogger,
      }),
    );
    // A portal whose plugins are all known has imported what they need.
    if (settings) preload = () => void preloadFactories(services.originals(), stopping.signal);
    const own = describeRegistrations(registrations, {
      owner: STATIC_OWNER,
      features: registrations,
      services: [],
      packageDirs: {},
    });
    const hostFactories = services
      .factories()
      .map((factory) =>
        factory.service.id === coreServices.rootLogger.id
          ? { ...factory, deps: {}, factory: async () => startup.logger(rootLogger) }
          : factory,
      );
    const backend = createSpecializedBackend({
      defaultServiceFactories: hostFactories as unknown as ServiceFactory[],
    });
    startup.pluginIds = [...own.pluginIds, ...own.modules.map(({ pluginId }) => pluginId)];
    backend.add(metadata.capture());
    if (!own.pluginIds.includes(INFO_PLUGIN_ID)) {
      backend.add(loadedPluginsPlugin(rules, () => plugins?.list() ?? []));
    }
    backend.add(
      adminPlugin({ rules, shutdownDelayMs: shutdownDelay(config) }, async (given) => {
        plugins = await createRuntime({
          dynamic: settings && opening && { settings, opening, ahead, schemaWorkers },
          ...given,
          services,
          rootLogger,
          config,
          own,
          startup,
          timings,
          cwd: process.cwd(),
          instanceId: () => metadata.instanceId,
        });
        return plugins;
      }),
    );
    return backend;
  }

  return {
    add(feature) {
      if (host) throw new Error('feature can not be added after the backend has started');
      added.push(Promise.resolve(feature));
    },
    async start() {
      if (host) throw new Error('Backend has already started');
      patches.push(surviveClosedOutput(), raiseListenerLimit());
      const result = await timings
        .start(async () => {
          host = await assemble();
          const signals = withOwnSignals(
            () => host!.start(),
            () => host!.stop(),
          );
          patches.push(signals);
          const outcome = await signals.started;
          await refuseOwnFailure(outcome, host);
          return { ...outcome, result: startup.result(outcome.result.plugins) };
        })
        .catch(async (error: unknown) => {
          // Nobody else is there yet who would.
          if (!plugins) {
            await opening?.release();
            schemaWorkers.close();
          }
          throw carriedFailure(error) ?? error;
        })
        .finally(() => ahead?.end());
      plugins?.watch();
      preload();
      return result;
    },
    async stop() {
      stopping.abort();
      ahead?.end();
      await host?.stop();
      await opening?.release();
      for (const patch of patches.splice(0)) patch.dispose();
    },
  };
}

/**
 * `backend.startup.default` may permit the failure of the plugin that contains all others. Its errors have already been
 * checked against the settings of the plugin concerned.
 */
async function refuseOwnFailure({ result }: { result: BackendStartupResult }, host: Backend): Promise<void> {
  const failure = failureOfCarrier(result);
  if (!failure) return;
  await host.stop();
  throw failure;
}

/** The errors of the contained plugins. */
function carriedFailure(error: unknown): Error | undefined {
  const failure = error instanceof BackendStartupError ? failureOfCarrier(error.result) : undefined;
  return failure instanceof BackendStartupError ? failure : undefined;
}

function failureOfCarrier({ plugins }: BackendStartupResult): Error | undefined {
  return plugins.find(({ pluginId }) => pluginId === ADMIN_PLUGIN_ID)?.failure?.error;
}

function toFeatures(values: readonly unknown[]): Feature[] {
  return values.map((value, index) => {
    const feature = asFeature(value);
    if (!feature) throw new Error(`Invalid backend feature at features[${index}]`);
    return feature;
  });
}

/** How long the server continues to serve after a signal (`backend.lifecycle.serverShutdownDelay`), in milliseconds. */
function shutdownDelay(config: RootConfigService): number {
  const key = 'backend.lifecycle.serverShutdownDelay';
  return config.has(key) ? durationToMilliseconds(readDurationFromConfig(config, { key })) : 0;
}
