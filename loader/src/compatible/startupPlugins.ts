import type { BackendFeature, LoggerService } from '@backstage/backend-plugin-api';
import type { Config } from '@backstage/config';
import { isBackendRole, type StagedoorError } from '@stagedoor/bundle';
import { appFolder, hostPackages } from '../host/hostPackages';
import { faultText } from '../errors/faultText';
import { Policy } from '../policy/policy';
import { loadTimedOut } from '../resolve/errors';
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

/** Dependencies of {@link StartupPlugins}. */
export interface StartupPluginsOptions {
  settings: Settings;
  drops: StartupDrops;
  config: Config;
  logger: LoggerService;
  /** The folder that the backend belongs to. */
  backstageRoot: string;
  moduleLoader?: ModuleLoader;
}

/** The service `core.dynamicplugins`: every bundle that was present at the start, loaded or rejected. */
export class StartupPlugins implements DynamicPluginProvider {
  readonly #plugins: DynamicPlugin[] = [];
  readonly #packages = new Map<string, ScannedPluginPackage>();
  #remember: () => Promise<void> = async () => {};

  /** Validates and loads every bundle, one at a time; an error of one is in its `failure` and in the log. */
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

  /** Records what serves after the start, for the next start; a state file that cannot be written is logged. */
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
    if (!found) throw new Error(`${plugin.name}@${plugin.version} is not a dynamic plugin of this backend`);
    return found;
  }
}

/** Takes the bundles through validate and resolve, one at a time. */
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
      // An unreadable drop may contain any package.
      return holder !== undefined && (present.has(holder) || drops.unusable.length > 0) ? holder : undefined;
    });
    this.#policy = new Policy(settings, ({ outcome, code, message }) => {
      if (outcome === 'warned' || code === 'OPEN_ROUTE_REFUSED') logger.warn(`${code}: ${message}`);
    });
    const host = describeHost(hostPackages(), backstageRoot, appFolder(config));
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

  /** Reports values that one bundle declares visible and another secret: Backstage itself would abort the start. */
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

  /** Records which builds serve under which ids, and forgets the ids of bundles that are gone. */
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
    const features = await deadline(loadFeatures(bundle, load), startTimeoutMs, () =>
      loadTimedOut(bundle.name, startTimeoutMs),
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
