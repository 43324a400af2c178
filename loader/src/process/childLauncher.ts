import type { DiscoveryService, RootConfigService, RootLoggerService } from '@backstage/backend-plugin-api';
import type { JsonObject } from '@backstage/types';
import { digestOf, findPackageDir, listFiles } from '@stagedoor/bundle';
import { rm } from 'node:fs/promises';
import { maxHeaderSize } from 'node:http';
import { join } from 'node:path';
import type { InstalledPlugins } from '../host/installedPlugins';
import type { StartupHooks } from '../host/startupHooks';
import type { PluginLogs } from '../logs/pluginLogs';
import type { OnDecision } from '../policy/decision';
import type { Place } from '../settings/places';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import { confine, preloadOf } from './confine';
import { connectionDenied } from './connectionDenied';
import { childEnvironment, forOtherUser } from './environment';
import { stagedCopyChanged } from './errors';
import type { ChildSetup, ChildUnit } from './messages';
import { nodeFlags } from './nodeFlags';
import { PluginProcess } from './pluginProcess';
import { LogRelay } from './relayLog';
import { SocketDirectory } from './socketDirectory';
import { record, text } from './untrusted';
import { pinSocket } from './users/pinSocket';
import type { PluginUsers } from './users/pluginUsers';
import { Watchdog } from './watchdog/watchdog';

/** Options that the portal passes to processes of plugins. */
export interface LauncherOptions {
  settings: Settings;
  /** Real path of the state directory. */
  stateDirectory: string;
  cwd: string;
  config: RootConfigService;
  rootLogger: RootLoggerService;
  discovery: DiscoveryService;
  installedPlugins(): InstalledPlugins;
  /** The id of the portal's instance, see `PortalMetadata`. */
  instanceId(): string | undefined;
  /** Children are notified when the portal has started. */
  startupHooks: StartupHooks;
  /** Undefined if processes run as the user of the portal. */
  users: PluginUsers | undefined;
  /** Keeps the lines of each plugin. */
  logs?: Pick<PluginLogs, 'sinkFor'>;
  /** Receives the policy decisions of a child. */
  onDecision: OnDecision;
}

/** A child that waits for its first call. */
export interface LaunchedChild {
  process: PluginProcess;
  socketPath: string;
  confined: boolean;
  /** The latest routes that the child reported after its start. */
  toldRoutes?: unknown;
  /** Called when it reports other routes. */
  onRoutes: () => void;
  /** Receives its reports about the database of its plugin. */
  onDatabase: (report: unknown) => void;
}

/** Memory of Node and its libraries besides that of the plugin, in bytes. */
const OVERHEAD_BYTES = 192 * 1024 * 1024;
const MEGABYTE = 1024 * 1024;
/** A longer report must have been made up by the plugin. */
const MOST_DENIALS = 100;

/** Options of a process besides its bundles. */
interface Bounds {
  /** The plugin whose database and connections it may use; undefined: none. */
  pluginId: string | undefined;
  confined: boolean;
  connect: readonly Place[];
}

/** Starts child processes, passes them what a Backstage backend needs, and answers their calls. */
export class ChildLauncher {
  readonly #options: LauncherOptions;
  readonly #sockets: SocketDirectory;
  readonly #children = new Set<PluginProcess>();
  readonly #watchdog: Watchdog;
  readonly #unsubscribe: () => void;

  constructor(options: LauncherOptions) {
    this.#options = options;
    const { config, rootLogger, stateDirectory, users } = options;
    this.#watchdog = new Watchdog(rootLogger);
    this.#sockets = new SocketDirectory(stateDirectory, users !== undefined && users.fault === undefined);
    const subscription = config.subscribe?.(() => {
      for (const { channel } of this.#children) channel.notify('config', config.get());
    });
    this.#unsubscribe = () => subscription?.unsubscribe();
  }

  /**
   * Starts a child for a plugin, whose id no other bundle has. Throws DIGEST_MISMATCH if a staged copy has changed since it
   * was checked.
   */
  launch(pluginId: string, bundles: readonly StagedBundle[]): Promise<LaunchedChild> {
    const { settings } = this.#options;
    const own = settings.plugins[pluginId];
    return this.#launch(pluginId, bundles, {
      pluginId,
      confined: own?.permissionModel ?? settings.process.permissionModel,
      connect: own?.connect ?? settings.process.connect,
    });
  }

  /**
   * Starts a child for a bundle whose registrations are not known yet, with the id that it declares. The privileges of that
   * plugin do not apply, because any bundle may declare its id. Throws as {@link launch}.
   */
  launchToInspect(pluginId: string | undefined, bundle: StagedBundle): Promise<LaunchedChild> {
    const { process, plugins } = this.#options.settings;
    const confined = process.permissionModel || Object.values(plugins).some((own) => own.permissionModel);
    return this.#launch(pluginId, [bundle], { pluginId: undefined, confined, connect: process.connect });
  }

  async #launch(
    pluginId: string | undefined,
    bundles: readonly StagedBundle[],
    bounds: Bounds,
  ): Promise<LaunchedChild> {
    await Promise.all(bundles.map(checkDigest));
    const { users } = this.#options;
    const user = await users?.enter(bundles[0]!.name, pluginId);
    try {
      return await this.#launchAs(user, pluginId, bundles, bounds);
    } catch (error) {
      if (user !== undefined) await users!.leave(user);
      throw error;
    }
  }

  async #launchAs(
    user: number | undefined,
    pluginId: string | undefined,
    bundles: readonly StagedBundle[],
    bounds: Bounds,
  ): Promise<LaunchedChild> {
    const { settings, cwd, config, rootLogger, discovery, stateDirectory, users } = this.#options;
    const own = settings.plugins[pluginId ?? ''] ?? {};
    const memoryLimitMb = own.memoryLimitMb ?? settings.process.memoryLimitMb;
    const place = this.#sockets.next();
    const [socketPath, temporary] =
      user === undefined ? [place, `${place}.tmp`] : [join(place, 's'), join(place, 'tmp')];
    if (user !== undefined) {
      await users!.show(bundles, user);
      await users!.makeFolder(place, 'tmp', user);
    }
    const shared = childEnvironment(process.env, settings.process.environment);
    const environment = user === undefined ? shared : forOtherUser(shared, temporary);
    const { confined } = bounds;
    const parts = { ...bounds, bundles, environment, socketPath, temporary, user, loaderDir: __dirname };
    const confinement = confined ? await confine({ ...parts, config, discovery, cwd, stateDirectory }) : undefined;
    const relay = new LogRelay(rootLogger, pluginId ?? bundles[0]!.name, this.#options.logs?.sinkFor(bundles));
    let denials = 0;
    const child: LaunchedChild = {
      socketPath,
      confined,
      onRoutes: () => {},
      onDatabase: () => {},
      process: new PluginProcess({
        flags: nodeFlags(memoryLimitMb, confinement),
        entry: join(__dirname, 'child.cjs.js'),
        cwd,
        // Not the temporary files of others.
        env: confinement || user !== undefined ? { ...environment, TMPDIR: temporary } : environment,
        user,
        mostRssBytes: memoryLimitMb * MEGABYTE + OVERHEAD_BYTES,
        onOutput: (from, line) => {
          const name = pluginId ?? bundles[0]!.name;
          const denied = from === 'stderr' && confined ? connectionDenied(line, name, bundles[0]!) : undefined;
          if (!denied) relay.output(from, line);
          else if (denials++ < MOST_DENIALS) this.#options.onDecision(denied);
        },
        handlers: {
          call: (method, params) => this.#answer(method, params),
          notify: (method, params) => {
            if (method === 'log') relay.entry(params);
            else if (method === 'routes') {
              child.toldRoutes = params;
              child.onRoutes();
            } else if (method === 'database') child.onDatabase(params);
            else if (method === 'decision') this.#decided(params, bundles);
          },
        },
      }),
    };
    this.#children.add(child.process);
    const forget = this.#watchdog.watch(child.process.pid, child.process.mark);
    void child.process.exited.then(async () => {
      this.#children.delete(child.process);
      forget();
      if (user !== undefined) return;
      for (const left of [socketPath, preloadOf(socketPath), temporary])
        await rm(left, { recursive: true, force: true });
    });
    if (user !== undefined) users!.started(user, place, child.process.exited);
    const backendPluginApiDir = findPackageDir('@backstage/backend-plugin-api', __dirname);
    const data = config.get<JsonObject>();
    const instanceId = this.#options.instanceId();
    const setup: ChildSetup = { config: data, instanceId, settings, socketPath, maxHeaderSize, backendPluginApiDir };
    child.process.channel.notify('setup', setup);
    void this.#options.startupHooks.run(() => child.process.channel.notify('portalStarted'), {
      isWanted: () => this.#children.has(child.process),
      isAwaited: false,
      onFault: () => {},
    });
    return child;
  }

  /** Grants a child access to the resources of the plugin that it is about to start, whose id no other bundle has. */
  async entrust({ process: { user } }: LaunchedChild, { pluginId, bundles }: ChildUnit): Promise<void> {
    if (user === undefined) return;
    await this.#options.users!.show(bundles, user);
    await this.#options.users!.giveDatabase(pluginId, user);
  }

  /** Ensures that a listening child cannot lead the portal to another socket than its own. */
  pin(child: LaunchedChild): void {
    const { process: started, socketPath } = child;
    if (started.user === undefined) return;
    const { path, release } = pinSocket(socketPath, started.user);
    child.socketPath = path;
    void started.exited.then(release);
  }

  /** Ends all remaining children. */
  async dispose(): Promise<void> {
    this.#unsubscribe();
    for (const child of this.#children) child.kill('stop');
    this.#watchdog.close();
    await this.#options.users?.close();
    this.#sockets.dispose();
  }

  async #answer(method: string, params: unknown): Promise<unknown> {
    if (method === 'installedPlugins') return this.#options.installedPlugins();
    if (method === 'discovery') {
      const { kind, pluginId } = record(params);
      const { discovery } = this.#options;
      const id = text(pluginId) ?? '';
      return kind === 'external' ? discovery.getExternalBaseUrl(id) : discovery.getBaseUrl(id);
    }
    throw new Error(`No method '${method}'`);
  }

  /** Reports a decision; only its text comes from the child. */
  #decided(value: unknown, bundles: readonly StagedBundle[]): void {
    const { setting, outcome, plugin, message, hint } = record(value);
    const bundle = bundles.find(({ name }) => name === plugin);
    const said = text(message);
    if (!bundle || said === undefined) return;
    const { name, version, digest } = bundle;
    const settings = ['services', 'auth.unauthenticated', 'auth.rootRoutes'] as const;
    const known = settings.find((candidate) => candidate === setting);
    if (!known || (outcome !== 'allowed' && outcome !== 'refused')) return;
    const code = outcome === 'refused' ? REFUSALS[known] : undefined;
    this.#options.onDecision({
      setting: known,
      outcome,
      plugin: name,
      version,
      digest,
      code,
      message: said,
      hint: text(hint),
    });
  }
}

const REFUSALS = {
  services: 'SERVICE_REPLACEMENT_REFUSED',
  'auth.unauthenticated': 'OPEN_ROUTE_REFUSED',
  'auth.rootRoutes': 'ROOT_ROUTE_REFUSED',
} as const;

async function checkDigest({ name, dir, digest }: StagedBundle): Promise<void> {
  if (digestOf(await listFiles(dir)) !== digest) {
    throw stagedCopyChanged(name);
  }
}
