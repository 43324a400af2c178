import { type ErrorCode, restoreError } from '@stagedoor/bundle';
import type { DatabaseReport, DatabaseWatch } from '../migrations/databaseUse';
import { explainDatabase } from '../start/explainDatabase';
import { keepInspectorClosed } from '../patches/inspectorSignal';
import type { Patch } from '../patches/patchProperty';
import { catchUpgrades } from '../patches/upgradeRouting';
import type { Isolation } from '../settings/plugins';
import type { Settings } from '../settings/settings';
import type { StagedBundle } from '../stage/stagedBundle';
import { deadline } from '../deadline';
import { StartFailure } from '../start/startFailure';
import { ChannelError } from './channel';
import { childConfig } from './childConfig';
import { ChildLauncher, type LaunchedChild, type LauncherOptions } from './childLauncher';
import { processTimedOut, registrationsUnreadable } from './errors';
import { exitFault } from './exit';
import type { ChildUnit, Registered, Routes } from './messages';
import { databaseReportFrom, faultFrom, registeredFrom, routesFrom, startFailureFrom } from './untrusted';

/** A child that runs a unit and listens. */
export interface RunningChild extends LaunchedChild {
  routes: Routes;
}

/** How long a child that has loaded a bundle is kept for its start. */
const PARKED_MS = 30_000;
/** How long a start may take in addition to the plugin's own init, including loading its code. */
const START_GRACE_MS = 5000;

/** True if any plugin runs in a separate process. */
export function usesProcesses({ isolation, plugins }: Settings): boolean {
  return isolation === 'process' || Object.values(plugins).some((plugin) => plugin.isolation === 'process');
}

/** Where plugins run that do not run in the portal itself. */
export class ProcessHost {
  readonly #options: LauncherOptions;
  readonly #launcher: ChildLauncher;
  readonly #patches: Patch[];
  readonly #parked = new Map<string, { pluginId: string | undefined; child: LaunchedChild; timer: NodeJS.Timeout }>();

  constructor(options: LauncherOptions) {
    this.#options = options;
    this.#launcher = new ChildLauncher({ ...options, config: childConfig(options.config) });
    this.#patches = [catchUpgrades(), keepInspectorClosed(options.rootLogger)];
  }

  /**
   * Where the settings place a bundle's part of a plugin. If the operator names the bundles for a plugin that may run in the
   * portal, other bundles that claim to belong to it do not run there.
   */
  isolationOf(pluginId: string, bundleName: string): Isolation {
    const { plugins, isolation } = this.#options.settings;
    const own = plugins[pluginId];
    const named = own?.packages === undefined || own.packages.includes(bundleName);
    return own?.isolation === 'in-process' && !named ? 'process' : (own?.isolation ?? isolation);
  }

  /**
   * Loads a bundle in a child and returns what it registers. An unconfined child is kept for a while, and a start of that
   * bundle continues in it. A confined one has fewer permissions than the plugin. Throws the codes of `contributionOf`,
   * START_TIMEOUT, DIGEST_MISMATCH and those of a process that ended.
   */
  async inspect(bundle: StagedBundle): Promise<Registered> {
    const declared = bundle.packageJson.backstage?.pluginId;
    const pluginId = typeof declared === 'string' ? declared : undefined;
    const child = await this.#launcher.launchToInspect(pluginId, bundle);
    const { name } = bundle;
    const fallback = { code: 'LOAD_FAILED', message: `${name} could not be loaded.` } as const;
    const answer = await this.#ask(child, pluginId ?? name, 'inspect', bundle, fallback);
    const registered = registeredFrom(answer);
    if (!registered) {
      child.process.kill('stop');
      throw registrationsUnreadable(name);
    }
    if (child.confined) child.process.kill('stop');
    else this.#park(bundle, pluginId, child);
    return registered;
  }

  /** Starts a unit in a child. Rejects with {@link StartFailure}; the child has been ended then. */
  async start(pluginId: string, bundles: readonly StagedBundle[], watch?: DatabaseWatch): Promise<RunningChild> {
    const database = watch?.setup();
    let report: DatabaseReport | undefined;
    try {
      const child = this.#unpark(pluginId, bundles) ?? (await this.#launcher.launch(pluginId, bundles));
      const unit: ChildUnit = { pluginId, bundles: [...bundles], database };
      child.onDatabase = (said) => {
        report = databaseReportFrom(said, bundles);
        watch?.heard(report);
      };
      await orEnd(child, () => this.#launcher.entrust(child, unit));
      const fallback = { code: 'INIT_FAILED', message: `Plugin '${pluginId}' did not start.` } as const;
      const answer = await this.#ask(child, pluginId, 'start', unit, fallback);
      const routes = routesFrom(answer, pluginId, this.mayMount(pluginId));
      if (!routes) {
        child.process.kill('stop');
        throw startFailureFrom(answer, pluginId) ?? restoreError(fallback);
      }
      await orEnd(child, () => this.#launcher.pin(child));
      child.process.watch();
      return Object.assign(child, { routes });
    } catch (error) {
      const failure = StartFailure.from(pluginId, error);
      throw report ? explainDatabase(failure, report, database!.recorded) : failure;
    }
  }

  /** Ends the child that was kept for a bundle. */
  forget({ dir }: StagedBundle): void {
    this.#discard(dir);
  }

  /** Paths that a plugin may be mounted at. */
  mayMount(pluginId: string): ReadonlySet<string> {
    return new Set([`/api/${pluginId}`, ...(this.#options.settings.auth.rootRoutes[pluginId] ?? [])]);
  }

  /** Ends all remaining children. */
  async dispose(): Promise<void> {
    for (const dir of [...this.#parked.keys()]) this.#discard(dir);
    await this.#launcher.dispose();
    for (const patch of this.#patches) patch.dispose();
  }

  async #ask(
    { process }: LaunchedChild,
    pluginId: string,
    method: 'inspect' | 'start',
    params: unknown,
    fallback: { code: ErrorCode; message: string },
  ): Promise<unknown> {
    const ms = this.#options.settings.startTimeoutMs + START_GRACE_MS;
    const late = (): Error => processTimedOut(pluginId, method, ms);
    try {
      return await deadline(process.channel.call(method, params), ms, late);
    } catch (error) {
      process.kill('start');
      if (!(error instanceof ChannelError)) throw error;
      throw error.closed ? exitFault(pluginId, await process.exited) : faultFrom(error.coded ?? error, fallback);
    }
  }

  #park(bundle: StagedBundle, pluginId: string | undefined, child: LaunchedChild): void {
    this.#discard(bundle.dir);
    const timer = setTimeout(() => this.#discard(bundle.dir), PARKED_MS).unref();
    this.#parked.set(bundle.dir, { pluginId, child, timer });
  }

  #discard(dir: string): void {
    const parked = this.#parked.get(dir);
    if (!parked) return;
    this.#parked.delete(dir);
    clearTimeout(parked.timer);
    parked.child.process.kill('stop');
  }

  /**
   * The child that has loaded one of the bundles for this plugin; others are ended. With separate users, only the one that
   * has loaded the bundle of the plugin: a module has another user.
   */
  #unpark(pluginId: string, bundles: readonly StagedBundle[]): LaunchedChild | undefined {
    let found: LaunchedChild | undefined;
    for (const { dir } of bundles) {
      const parked = this.#parked.get(dir);
      const isOfPlugin = parked?.child.process.user === undefined || dir === bundles[0]!.dir;
      if (!found && parked?.pluginId === pluginId && isOfPlugin) {
        found = parked.child;
        clearTimeout(parked.timer);
        this.#parked.delete(dir);
      } else this.#discard(dir);
    }
    return found;
  }
}

/** Runs work for a child, and ends the child if it fails. */
async function orEnd(child: LaunchedChild, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    child.process.kill('start');
    throw error;
  }
}
