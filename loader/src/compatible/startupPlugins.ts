import type { BackendFeature, LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { StagedoorError, isBackendRole, sharedPackages } from '@stagedoor/bundle';
import { Policy } from '../policy/policy';
import { loadFeatures, type LoadModule } from '../resolve/loadFeatures';
import { asFault } from '../runtime/faults';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stageDrop';
import { deadline } from '../start/deadline';
import { Gate } from '../validate/gate';
import { describeHost } from '../validate/host';
import { Claims } from './claims';
import { scannedPackage } from './scannedPackage';
import { StartupGuard } from './startupGuard';
import type { StartupDrops } from './startupDrops';
import type {
  BackendDynamicPlugin,
  DynamicPlugin,
  DynamicPluginProvider,
  FrontendDynamicPlugin,
  ModuleLoader,
  ScannedPluginPackage,
} from './types';

/** What {@link StartupPlugins} works with. */
export interface StartupPluginsOptions {
  settings: Settings;
  drops: StartupDrops;
  config: Config;
  logger: LoggerService;
  /** The folder that the backend belongs to. */
  backstageRoot: string;
  moduleLoader?: ModuleLoader;
}

/** The service `core.dynamicplugins`: every bundle that was there at the start, loaded or refused. */
export class StartupPlugins implements DynamicPluginProvider {
  readonly #plugins: DynamicPlugin[] = [];
  readonly #packages = new Map<string, ScannedPluginPackage>();

  /** Validates and loads every bundle, one after the other; the fault of one is in its `failure` and in the log. */
  static async load(options: StartupPluginsOptions): Promise<StartupPlugins> {
    const { drops, logger, backstageRoot, moduleLoader } = options;
    const provider = new StartupPlugins();
    for (const { entry, fault } of drops.unusable) logFault(logger, entry, fault);
    const packages = drops.bundles.map((bundle) => [bundle, scannedPackage(bundle)] as const);
    const manifests = new Map(packages.map(([{ dir }, { manifest }]) => [dir, manifest]));
    await moduleLoader?.bootstrap(backstageRoot, [...manifests.keys()], manifests);
    const loader = new BundleLoader(options);
    for (const [bundle, scanned] of packages) {
      const plugin = await loader.load(bundle);
      if (!plugin) continue;
      provider.#plugins.push(plugin);
      provider.#packages.set(keyOf(plugin), scanned);
    }
    return provider;
  }

  plugins({ includeFailed = false } = {}): DynamicPlugin[] {
    return this.#plugins.filter(({ failure }) => includeFailed || !failure);
  }

  backendPlugins(options?: { includeFailed?: boolean }): BackendDynamicPlugin[] {
    return this.plugins(options).filter((plugin) => plugin.platform === 'node');
  }

  frontendPlugins(options?: { includeFailed?: boolean }): FrontendDynamicPlugin[] {
    return this.plugins(options).filter((plugin) => plugin.platform === 'web');
  }

  getScannedPackage(plugin: DynamicPlugin): ScannedPluginPackage {
    const found = this.#packages.get(keyOf(plugin));
    if (!found) throw new Error(`${plugin.name}@${plugin.version} is no dynamic plugin of this backend`);
    return found;
  }
}

/** Takes one bundle after the other through validate and resolve. */
class BundleLoader {
  readonly #options: StartupPluginsOptions;
  readonly #policy: Policy;
  readonly #gate: Gate;
  readonly #claims = new Claims();

  constructor(options: StartupPluginsOptions) {
    const { settings, config, logger, backstageRoot } = options;
    this.#options = options;
    this.#policy = new Policy(settings, ({ outcome, code, message }) => {
      if (outcome === 'warned' || code === 'OPEN_ROUTE_REFUSED') logger.warn(`${code}: ${message}`);
    });
    const host = describeHost(sharedPackages(__dirname), backstageRoot);
    this.#gate = new Gate({ host, policy: this.#policy, config });
  }

  /** Undefined for a package that is a plugin of neither backend nor frontend. */
  async load(bundle: StagedBundle): Promise<DynamicPlugin | undefined> {
    const { name, version, packageJson } = bundle;
    const role = packageJson.backstage?.role ?? '';
    const frontend = role.startsWith('frontend-');
    const plugin: DynamicPlugin = { name, version, role, platform: frontend ? 'web' : 'node' };
    try {
      if (plugin.platform === 'node') await this.#loadBackend(bundle, plugin);
      else await this.#admit(bundle);
    } catch (error) {
      this.#fail(plugin, asFault(error));
    }
    return frontend || isBackendRole(role) ? plugin : undefined;
  }

  async #loadBackend(bundle: StagedBundle, plugin: BackendDynamicPlugin): Promise<void> {
    const { settings, logger, moduleLoader } = this.#options;
    const { fault } = await this.#gate.check(bundle);
    if (fault) throw fault;
    const { startTimeoutMs } = settings;
    const load: LoadModule | undefined = moduleLoader && ((entry) => moduleLoader.load(entry));
    const features = await deadline(
      loadFeatures(bundle, load),
      startTimeoutMs,
      () => new StagedoorError('START_TIMEOUT', `${bundle.name} did not load within ${startTimeoutMs / 1000} s.`),
    );
    const onFault = (late: StagedoorError): void => this.#fail(plugin, late);
    const guard = new StartupGuard({ bundle, policy: this.#policy, claims: this.#claims, startTimeoutMs, onFault });
    const guarded = guard.guard(features) as unknown as BackendFeature[];
    plugin.installer = { kind: 'new', install: () => guarded };
    logger.info(`${bundle.name}@${bundle.version}: loaded from ${bundle.entry}`);
  }

  async #admit(bundle: StagedBundle): Promise<void> {
    const { refusal } = await this.#policy.admit(bundle);
    if (refusal) throw refusal;
  }

  #fail(plugin: DynamicPlugin, fault: StagedoorError): void {
    plugin.failure = `${fault.code}: ${fault.message}`;
    logFault(this.#options.logger, `${plugin.name}@${plugin.version}`, fault);
  }
}

function keyOf({ name, version }: DynamicPlugin): string {
  return `${name}@${version}`;
}

function logFault(logger: LoggerService, who: string, { code, message, hint, cause }: StagedoorError): void {
  logger.error(`${who}: ${code}: ${message} Remedy: ${hint}`, cause instanceof Error ? cause : undefined);
}
