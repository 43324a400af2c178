import type { BackendFeature, LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { StagedoorError, isBackendRole, sharedPackages } from '@stagedoor/bundle';
import { faultText } from '../errors/faultText';
import { Policy } from '../policy/policy';
import { loadFeatures, type LoadModule } from '../resolve/loadFeatures';
import { asFault } from '../errors/asFault';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import { deadline } from '../deadline';
import { Gate } from '../validate/gate';
import { visibilityConflicts } from '../validate/visibilityConflicts';
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
  #remember: () => Promise<void> = async () => {};

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
    loader.tellVisibilityConflicts();
    provider.#remember = () => loader.remember(provider.plugins());
    return provider;
  }

  /** Notes what serves when the backend has started, for its next start; a state file that cannot be written is logged. */
  remember(): Promise<void> {
    return this.#remember();
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
  readonly #claims: Claims;

  constructor(options: StartupPluginsOptions) {
    const { settings, config, logger, backstageRoot, drops } = options;
    this.#options = options;
    const present = new Set(drops.bundles.map(({ name }) => name));
    this.#claims = new Claims((claim) => {
      const holder = drops.state.holderOf(claim);
      // What could not be read may be of any package.
      return holder !== undefined && (present.has(holder) || drops.unusable.length > 0) ? holder : undefined;
    });
    this.#policy = new Policy(settings, ({ outcome, code, message }) => {
      if (outcome === 'warned' || code === 'OPEN_ROUTE_REFUSED') logger.warn(`${code}: ${message}`);
    });
    const host = describeHost(sharedPackages(__dirname), backstageRoot);
    this.#gate = new Gate({
      ...{ host, policy: this.#policy, config, versions: settings.versions, rootLogger: logger },
      newest: (name) => drops.state.newest(name),
    });
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

  /** Says of which values bundles disagree who may see them: in Backstage itself, that ends the start. */
  tellVisibilityConflicts(): void {
    const { drops, config, logger } = this.#options;
    const schemas = drops.bundles.map(
      (bundle) => [bundle.name, this.#gate.schemasOf(bundle).map(({ value }) => value)] as const,
    );
    for (const { key, shownBy, secretTo } of visibilityConflicts(new Map(schemas), config.get())) {
      logger.warn(
        `${shownBy.join(', ')} makes ${key} visible in browsers, and ${secretTo.join(', ')} makes it secret: it is kept from browsers and logs.`,
      );
    }
  }

  /** Notes which builds serve under which ids, and forgets the ids of those that are gone. */
  async remember(serving: readonly DynamicPlugin[]): Promise<void> {
    const { drops, logger } = this.#options;
    const present = new Set(drops.bundles.map(({ name }) => name));
    const gone = drops.unusable.length > 0 ? [] : drops.state.names().filter((name) => !present.has(name));
    const builds = drops.bundles.filter(({ name }) => serving.some((plugin) => plugin.name === name));
    const written = [
      ...gone.map((name) => drops.state.update(name, { holds: undefined })),
      ...builds.map((bundle) => drops.state.served(bundle.name, bundle, this.#claims.of(bundle.name))),
    ];
    await Promise.all(written).catch((fault: StagedoorError) => logFault(logger, 'The state directory', fault));
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
    const { refusal } = await this.#policy.admit(bundle, this.#options.drops.state.newest(bundle.name));
    if (refusal) throw refusal;
    await this.#gate.hideSecretsOf(bundle);
  }

  #fail(plugin: DynamicPlugin, fault: StagedoorError): void {
    plugin.failure = `${fault.code}: ${fault.message}`;
    logFault(this.#options.logger, `${plugin.name}@${plugin.version}`, fault);
  }
}

function keyOf({ name, version }: DynamicPlugin): string {
  return `${name}@${version}`;
}

function logFault(logger: LoggerService, who: string, fault: StagedoorError): void {
  logger.error(`${who}: ${faultText(fault)}`, fault.cause instanceof Error ? fault.cause : undefined);
}
