import {
  coreServices,
  createBackendFeatureLoader,
  createServiceFactory,
  type BackendFeature,
} from '@backstage/backend-plugin-api';
import { targetPaths } from '@backstage/cli-common';
import type { Config } from '@backstage/config';
import { concurrently } from '@stagedoor/bundle';
import { noticeLaterDrops } from './compatible/laterDrops';
import {
  dynamicPluginsFrontendServiceRef,
  dynamicPluginsSchemasServiceRef,
  dynamicPluginsServiceRef,
} from './compatible/refs';
import { frontendRemotes, type FrontendRemoteResolverProvider } from './compatible/frontendRemotes';
import type { RootLoggerOptions } from './compatible/rootLogger';
import { schemasService } from './compatible/schemas';
import { readStartupDrops, type StartupDrops } from './compatible/startupDrops';
import { StartupPlugins } from './compatible/startupPlugins';
import type { ModuleLoaderFactory, SchemaLocator } from './compatible/types';
import { REMOTES_PATH } from './frontend/remote';
import { createRemotesRouter } from './frontend/remotesRouter';
import { Policy } from './policy/policy';
import { readSettings } from './settings/readSettings';
import type { Settings } from './settings/settings';
import type { StagedBundle } from './stage/stagedBundle';

/** Options of {@link dynamicPluginsFeatureLoader}, all as in `@backstage/backend-dynamic-feature-service` 0.8. */
export interface DynamicPluginsFeatureLoaderOptions {
  /** Loads the code of packages instead of Node. */
  moduleLoader?: ModuleLoaderFactory;
  /** Paths of config schemas. Default: `dist/.config-schema.json`, then `dist/configSchema.json`. */
  schemaLocator?: SchemaLocator;
  /** Options of the root logger. */
  logger?: (config?: Config) => RootLoggerOptions;
}

/**
 * Loads the bundles in `dynamicPlugins.rootDirectory` into a plain `createBackend()` when it starts, as the feature loader of
 * the same name in `@backstage/backend-dynamic-feature-service` does, with the same options, services and endpoints.
 * In addition, only staged copies run, after they were checked against host, app-config and the policy of the operator;
 * errors have codes; and a failing bundle does not abort the start. Later drops and changes take effect after a restart,
 * which the log says; use `createDynamicBackend()` to load them live.
 * Add it as is or called with options. The start rejects with SETTING_INVALID, STATE_DIRECTORY_IN_USE and
 * SHARED_PACKAGE_MISSING.
 */
export const dynamicPluginsFeatureLoader: ((options?: DynamicPluginsFeatureLoaderOptions) => BackendFeature) &
  BackendFeature = Object.assign(createLoader, createLoader());

function createLoader(options: DynamicPluginsFeatureLoaderOptions = {}): BackendFeature {
  return createBackendFeatureLoader({
    deps: { config: coreServices.rootConfig },
    async *loader({ config }) {
      const backstageRoot = targetPaths.rootDir;
      const settings = readSettings(config, backstageRoot);
      const drops = onDemand(settings);
      const schemaFaults = new HeldMessages();
      yield createServiceFactory({
        service: dynamicPluginsSchemasServiceRef,
        deps: {},
        factory: () =>
          schemasService(
            async () => await admittedBundles(settings, await drops()),
            options.schemaLocator,
            (fault) => schemaFaults.add(fault),
          ),
      });
      yield createServiceFactory({
        service: dynamicPluginsServiceRef,
        deps: { logger: coreServices.rootLogger },
        async factory({ logger }) {
          schemaFaults.tell((fault) => logger.error(fault));
          const found = await drops();
          if (!settings || !found) return new StartupPlugins();
          const moduleLoader = await options.moduleLoader?.(logger);
          return await StartupPlugins.load({ settings, drops: found, config, logger, backstageRoot, moduleLoader });
        },
      });
      if (!config.has('dynamicPlugins')) return;
      // Imported late: hosts that use createDynamicBackend do not need it.
      const { rootLogger } = await import('./compatible/rootLogger');
      const { frontendSchemasModule } = await import('./compatible/frontendSchemas');
      yield createServiceFactory({
        service: coreServices.rootLogger,
        deps: { schemas: dynamicPluginsSchemasServiceRef },
        factory: ({ schemas }) => rootLogger(config, schemas, options.logger?.(config) ?? {}),
      });
      yield frontendSchemasModule(dynamicPluginsSchemasServiceRef);
      yield remotesService(settings, drops);
      yield discovery;
    },
  });
}

/** Buffers messages until there is a logger: the root logger needs the schemas before it exists. */
class HeldMessages {
  #held: string[] = [];
  #tell = (message: string): void => void this.#held.push(message);

  add(message: string): void {
    this.#tell(message);
  }

  /** Logs the messages so far, and all later ones. */
  tell(hear: (message: string) => void): void {
    for (const message of this.#held.splice(0)) hear(message);
    this.#tell = hear;
  }
}

/** Adds the features of all dynamic plugins to the backend. */
const discovery = createBackendFeatureLoader({
  deps: { plugins: dynamicPluginsServiceRef },
  loader: ({ plugins }) => plugins.backendPlugins().flatMap(({ installer }) => installer?.install() ?? []),
});

/** Serves remotes once all plugins have started, and watches the root directory until the backend stops. */
function remotesService(settings: Settings | undefined, drops: () => Promise<StartupDrops | undefined>) {
  return createServiceFactory({
    service: dynamicPluginsFrontendServiceRef,
    deps: {
      config: coreServices.rootConfig,
      lifecycle: coreServices.rootLifecycle,
      logger: coreServices.rootLogger,
      plugins: dynamicPluginsServiceRef,
      rootHttpRouter: coreServices.rootHttpRouter,
    },
    factory({ config, lifecycle, logger, plugins, rootHttpRouter }) {
      let provider: FrontendRemoteResolverProvider | undefined;
      lifecycle.addStartupHook(async () => {
        const baseUrl = config.getString('backend.baseUrl');
        const remotes = frontendRemotes({ plugins, provider, baseUrl, logger });
        rootHttpRouter.use(REMOTES_PATH, createRemotesRouter({ remotes: () => remotes, logger }));
        const found = await drops();
        if (!settings || !found) return;
        if (plugins instanceof StartupPlugins) await plugins.remember();
        const stopNoticing = noticeLaterDrops(settings.rootDirectory, found.seen, logger);
        lifecycle.addShutdownHook(async () => {
          await stopNoticing();
          await found.close();
        });
      });
      return {
        setResolverProvider(next) {
          if (provider) throw new Error('A resolver provider for frontend remotes is set already');
          provider = next;
        },
      };
    },
  });
}

/** The bundles that the policy accepts; the config schemas of others are ignored. */
async function admittedBundles(
  settings: Settings | undefined,
  drops: StartupDrops | undefined,
): Promise<StagedBundle[]> {
  if (!settings || !drops) return [];
  const policy = new Policy(settings);
  const isAdmitted = async (bundle: StagedBundle): Promise<boolean> =>
    await policy.admit(bundle, drops.state.newest(bundle.name)).then(
      ({ refusal }) => !refusal,
      () => false,
    );
  const admitted = await concurrently(drops.bundles, isAdmitted);
  return drops.bundles.filter((_bundle, index) => admitted[index]);
}

/** Reads the drops on first use. */
function onDemand(settings: Settings | undefined): () => Promise<StartupDrops | undefined> {
  let drops: Promise<StartupDrops> | undefined;
  return async () => (settings ? await (drops ??= readStartupDrops(settings)) : undefined);
}
