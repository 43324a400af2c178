import { StagedoorError, isStagedoorError, type ErrorCode } from '@stagedoor/bundle';
import { contributionOf, unitsOf, type Contribution } from '../resolve/contribution';
import { unloadModules } from '../resolve/loadFeatures';
import type { RootServices } from '../host/rootServices';
import { deletePackageDir, setPackageDir } from '../stage/packagePaths';
import { deadline } from '../start/deadline';
import type { OpenedRoute } from '../start/openedRoutes';
import type { StartedGeneration } from '../start/startedGeneration';
import { packageDirs, type StagedBundle } from '../stage/stageDrop';
import type { Gate } from '../validate/gate';
import type { Policy } from '../policy/policy';
import type { PluginRegistry } from './registry';
import type { PluginStatus } from './states';
import type { Units } from './units';

/** A bundle that is part of units, with what it brings. */
interface LoadedBundle {
  bundle: StagedBundle;
  contribution: Contribution;
  since: string;
}

/** Faults of code that ran; every other fault is a refusal before anything ran. */
const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOAD_FAILED',
  'MODULE_NOT_FOUND',
  'REGISTER_FAILED',
  'INIT_FAILED',
  'START_TIMEOUT',
  'ROOT_ROUTE_REFUSED',
  'DROP_UNREADABLE',
]);

/** What {@link Bundles} works with. */
export interface BundlesOptions {
  units: Units;
  services: RootServices;
  registry: PluginRegistry;
  gate: Gate;
  policy: Policy;
  /** Bounds loading the code of a bundle, in milliseconds. */
  startTimeoutMs: number;
}

/** Takes staged bundles through validate, resolve, start and serve, and back out; keeps their status. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #loaded = new Map<string, LoadedBundle>();
  readonly #retiring = new Set<Promise<void>>();

  constructor(options: BundlesOptions) {
    this.#options = options;
  }

  /** The bundle of that name that is part of units now. */
  loaded(name: string): StagedBundle | undefined {
    return this.#loaded.get(name)?.bundle;
  }

  /** Brings all bundles that are there at boot up together with the portal's own plugins. */
  async boot(own: Contribution, bundles: readonly StagedBundle[]): Promise<void> {
    const resolved = await Promise.all(bundles.map((bundle) => this.#resolve(bundle)));
    const contributions = resolved.filter((contribution) => contribution !== undefined);
    for (const { part } of contributions) this.#options.registry.set(part.owner, 'starting');
    const faults = await this.#options.units.boot([own, ...contributions]);
    for (const bundle of bundles) {
      const contribution = contributions.find(({ part }) => part.owner === bundle.name);
      if (!contribution) continue;
      const fault = faults.get(bundle.name);
      this.#setLoaded(bundle, contribution);
      // A bundle that failed in one of its units must not stay in another.
      if (fault) {
        await this.#takeOut(bundle.name);
        this.#fail(bundle, fault);
      }
    }
    this.#refreshAll();
    // Whoever held the id may have failed.
    for (const bundle of bundles) if (this.conflicting(bundle.name)) await this.activate(bundle);
  }

  /** True for a bundle that was refused because another one, or the portal itself, holds an id of it. */
  conflicting(name: string): boolean {
    const code = this.#options.registry.get(name)?.code;
    return code === 'PLUGIN_ID_CONFLICT' || code === 'MODULE_ID_CONFLICT';
  }

  /** Loads a new or changed bundle hot. The fault of one that fails is in its status; what served before still serves. */
  async activate(bundle: StagedBundle): Promise<void> {
    if (this.loaded(bundle.name)?.digest === bundle.digest) {
      // Back to what serves already, e.g. after a drop that failed was undone; its signatures may be others.
      this.#options.registry.set(bundle.name, 'staging', { bundle });
      await this.#pass(bundle);
      this.#refreshAll();
      return;
    }
    const contribution = await this.#resolve(bundle);
    if (!contribution) return;
    const { registry, units } = this.#options;
    registry.set(bundle.name, 'starting', { bundle });
    const previous = this.#loaded.get(bundle.name);
    try {
      const { blamed, retired } = await units.change(bundle.name, previous?.contribution, contribution);
      this.#setLoaded(bundle, contribution);
      if (previous && previous.bundle.dir !== bundle.dir) this.#afterwards(retired, previous.bundle);
      else this.#track(retired);
      await this.#blame(blamed);
    } catch (error) {
      this.#fail(bundle, asFault(error));
    }
    this.#refreshAll();
  }

  /** Takes a bundle out of service; it stays visible as `draining` until its last request is done. */
  async deactivate(name: string): Promise<void> {
    const { registry } = this.#options;
    if (!this.#loaded.has(name)) {
      registry.delete(name);
      return;
    }
    registry.set(name, 'draining');
    try {
      const { stopped } = await this.#takeOut(name);
      this.#track(
        stopped.then(() => {
          if (!this.#loaded.has(name) && registry.get(name)?.state === 'draining') registry.delete(name);
        }),
      );
    } catch (error) {
      registry.set(name, 'failed', { fault: asFault(error) });
    }
    this.#refreshAll();
  }

  /** Resolves when every generation that was replaced or removed has stopped. */
  async retired(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  /** Validates and loads a bundle; undefined when its status now says why not. */
  async #resolve(bundle: StagedBundle): Promise<Contribution | undefined> {
    const { policy, services, registry, startTimeoutMs } = this.#options;
    registry.set(bundle.name, 'staging', { bundle });
    if (!(await this.#pass(bundle))) return undefined;
    try {
      return await deadline(
        contributionOf(bundle, services, policy),
        startTimeoutMs,
        () => new StagedoorError('START_TIMEOUT', `${bundle.name} did not load within ${startTimeoutMs / 1000} s.`),
      );
    } catch (error) {
      this.#fail(bundle, asFault(error));
      return undefined;
    }
  }

  /** Holds a bundle against host, policy and app-config; false when its status now says why it must not run. */
  async #pass(bundle: StagedBundle): Promise<boolean> {
    const { gate, registry } = this.#options;
    const { signature, fault } = await gate.check(bundle).catch((error: unknown) => ({
      signature: undefined,
      fault: asFault(error),
    }));
    registry.patch(bundle.name, { signature });
    if (fault) this.#fail(bundle, fault);
    return !fault;
  }

  /** Resolves when requests go elsewhere, with what resolves when the old generations have stopped. */
  async #takeOut(name: string): Promise<{ stopped: Promise<void> }> {
    const loaded = this.#loaded.get(name)!;
    const { blamed, retired } = await this.#options.units.change(name, loaded.contribution, undefined);
    this.#loaded.delete(name);
    for (const [packageName, dir] of Object.entries(packageDirs(loaded.bundle))) deletePackageDir(packageName, dir);
    this.#afterwards(retired, loaded.bundle);
    await this.#blame(blamed);
    return { stopped: retired };
  }

  async #blame(blamed: ReadonlyMap<string, StagedoorError>): Promise<void> {
    for (const [owner, fault] of blamed) {
      const loaded = this.#loaded.get(owner);
      if (!loaded) continue;
      await this.#takeOut(owner);
      this.#fail(loaded.bundle, fault);
    }
  }

  #setLoaded(bundle: StagedBundle, contribution: Contribution): void {
    this.#loaded.set(bundle.name, { bundle, contribution, since: new Date().toISOString() });
    for (const [name, dir] of Object.entries(packageDirs(bundle))) setPackageDir(name, dir);
  }

  #fail(bundle: StagedBundle, fault: StagedoorError): void {
    if (this.loaded(bundle.name)?.dir !== bundle.dir) unloadModules(bundle.dir);
    const state = FAILURES.has(fault.code) ? 'failed' : 'rejected';
    this.#options.registry.set(bundle.name, state, { bundle, fault, changes: this.#loadedStatus(bundle.name) });
  }

  /** Statuses that other bundles' comings and goings change: modules wait for their plugin, or run with it. */
  #refreshAll(): void {
    const { registry } = this.#options;
    for (const { bundle } of this.#loaded.values()) {
      const status = registry.get(bundle.name);
      const failed = (status?.state === 'failed' || status?.state === 'rejected') && status.digest !== bundle.digest;
      const changes = this.#loadedStatus(bundle.name);
      if (failed || status?.state === 'draining') continue;
      const absent = this.#absentPlugin(bundle.name);
      const state = absent ? 'waiting' : 'running';
      if (status?.state === state && sameRoutes(status, changes)) continue;
      const fault = absent
        ? new StagedoorError('PLUGIN_ABSENT', `${bundle.name} extends plugin '${absent}', which is not running.`)
        : undefined;
      registry.set(bundle.name, state, { bundle, fault, changes });
    }
  }

  /** The plugin that all of a bundle waits for; undefined when any part of it runs. */
  #absentPlugin(name: string): string | undefined {
    const ids = unitsOf(this.#loaded.get(name)?.contribution);
    return ids.some((id) => this.#options.units.get(id)?.current) ? undefined : ids[0];
  }

  #loadedStatus(name: string): Partial<PluginStatus> {
    const loaded = this.#loaded.get(name);
    if (!loaded) return { loaded: undefined, openedRoutes: [] };
    const { bundle, contribution, since } = loaded;
    const generations = unitsOf(contribution).map((id) => this.#options.units.get(id)?.current);
    return {
      pluginIds: contribution.pluginIds,
      modules: contribution.modules,
      loaded: { version: bundle.version, digest: bundle.digest, since },
      ...routesOf(bundle.name, generations),
    };
  }

  #afterwards(retired: Promise<void>, bundle: StagedBundle): void {
    this.#track(
      retired.then(() => {
        if (this.loaded(bundle.name)?.dir !== bundle.dir) unloadModules(bundle.dir);
      }),
    );
  }

  #track(work: Promise<void>): void {
    this.#retiring.add(work);
    void work.finally(() => this.#retiring.delete(work));
  }
}

/** What a bundle declared open, in whichever unit. */
function routesOf(
  owner: string,
  generations: ReadonlyArray<StartedGeneration | undefined>,
): Pick<PluginStatus, 'openedRoutes' | 'refusedRoutes'> {
  const own = (list: 'openedRoutes' | 'refusedRoutes'): OpenedRoute[] =>
    generations.flatMap((generation) =>
      (generation?.[list] ?? [])
        .filter((route) => (route.owner ?? generation!.composition.plugin?.owner) === owner)
        .map(({ pluginId, path, allow }) => ({ pluginId, path, allow })),
    );
  const refused = own('refusedRoutes');
  return { openedRoutes: own('openedRoutes'), refusedRoutes: refused.length > 0 ? refused : undefined };
}

function sameRoutes(status: PluginStatus, changes: Partial<PluginStatus>): boolean {
  return (
    JSON.stringify([status.openedRoutes, status.refusedRoutes, status.loaded]) ===
      JSON.stringify([changes.openedRoutes, changes.refusedRoutes, changes.loaded]) && status.code === undefined
  );
}

function asFault(error: unknown): StagedoorError {
  if (isStagedoorError(error)) return error;
  return new StagedoorError('LOAD_FAILED', (error as Error)?.message ?? String(error), { cause: error });
}
