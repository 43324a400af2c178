import type { LoggerService } from '@backstage/backend-plugin-api';
import { setImmediate as turn } from 'node:timers/promises';
import { StagedoorError, concurrently, isStagedoorError, type ErrorCode } from '@stagedoor/bundle';
import type { Contribution } from '../resolve/contribution';
import { unloadModules } from '../resolve/loadFeatures';
import type { StagedBundle } from '../stage/stageDrop';
import type { CheckOptions, Gate, GateResult } from '../validate/gate';
import { timed } from '../timing/timed';
import { BUNDLE_STEP, type Timings } from '../timing/timings';
import { isShortage } from '../passingCause';
import { asFault } from './faults';
import { LoadedBundles } from './loadedBundles';
import type { PluginRegistry } from './registry';
import type { StateFile } from './stateFile';
import type { PluginStatus } from './states';
import { claimsOf, type Units } from './units';

/** Faults of code that ran; every other fault is a refusal before anything ran. */
const FAILURES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'LOAD_FAILED',
  'MODULE_NOT_FOUND',
  'REGISTER_FAILED',
  'INIT_FAILED',
  'START_TIMEOUT',
  'ACCESS_DENIED',
  'PROCESS_ENDED',
  'PROCESS_HUNG',
  'PROCESS_OUT_OF_MEMORY',
  'ROOT_ROUTE_REFUSED',
  'DROP_UNREADABLE',
]);

/** How long the start of the portal waits for the schema of a bundle to be compiled; real ones take some ten milliseconds. */
const SCHEMA_PATIENCE_MS = 2000;

/** Bundles that are loaded side by side at boot: each has the start timeout for itself, whose clock others would use up. */
const AT_ONCE = 4;

/** What {@link Bundles} works with. */
export interface BundlesOptions {
  units: Units;
  registry: PluginRegistry;
  state: StateFile;
  logger: LoggerService;
  gate: Gate;
  timings: Timings;
  /** Loads a bundle where it is to run and tells what it brings. */
  resolve(bundle: StagedBundle): Promise<Contribution>;
}

/** A bundle that is loaded, the fault of one that must not or cannot run, or `late`: see {@link GateResult}. */
type Resolved = Contribution | StagedoorError | 'late';

/** Takes staged bundles through validate, resolve, start and serve, and back out; keeps their status. */
export class Bundles {
  readonly #options: BundlesOptions;
  readonly #loaded: LoadedBundles;
  readonly #retiring = new Set<Promise<void>>();
  /** By name, the folder of the staged copy that was held against policy last. */
  readonly #judged = new Map<string, string>();
  /** Names of bundles whose last fault was that something was short. */
  readonly #short = new Set<string>();

  constructor(options: BundlesOptions) {
    this.#options = options;
    this.#loaded = new LoadedBundles(options);
  }

  /** The bundle of that name that is part of units now. */
  loaded(name: string): StagedBundle | undefined {
    return this.#loaded.get(name)?.bundle;
  }

  /** Where a bundle runs, see {@link LoadedBundles.whereabouts}. */
  whereabouts(name: string): Pick<PluginStatus, 'isolation' | 'process'> {
    return this.#loaded.whereabouts(name);
  }

  /**
   * Brings all bundles that are there at boot up together with the portal's own plugins. Returns the names of those whose
   * config schema takes long to check: they are to be activated when the portal runs.
   */
  async boot(own: Contribution, bundles: readonly StagedBundle[]): Promise<string[]> {
    await this.#options.gate.prepare(bundles);
    const patience = { patienceMs: SCHEMA_PATIENCE_MS };
    const resolved = await concurrently(bundles, (bundle) => this.#resolve(bundle, patience), AT_ONCE);
    const contributions = resolved.filter((result) => result !== 'late' && !isStagedoorError(result)) as Contribution[];
    for (const { part } of contributions) this.#options.registry.set(part.owner, 'starting');
    const faults = await this.#options.units.boot([own, ...contributions]);
    for (const bundle of bundles) {
      const contribution = contributions.find(({ part }) => part.owner === bundle.name);
      if (!contribution) continue;
      const fault = faults.get(bundle.name);
      this.#loaded.set(bundle, contribution);
      // A bundle that failed in one of its units must not stay in another.
      if (fault) {
        await this.#takeOut(bundle.name);
        this.#fail(bundle, fault);
      } else this.#noteServing(bundle, contribution);
    }
    this.#loaded.refreshAll();
    // Whoever held the id may have failed.
    for (const bundle of bundles) if (this.conflicting(bundle.name)) await this.activate(bundle);
    return bundles.filter((_bundle, index) => resolved[index] === 'late').map(({ name }) => name);
  }

  /** True for a staged copy whose files are loaded and whose signatures were judged. */
  serves(bundle: StagedBundle): boolean {
    const { name, digest, dir } = bundle;
    return this.loaded(name)?.digest === digest && this.#judged.get(name) === dir;
  }

  /** True for a bundle that failed because files, memory or room were short, and may start when they are not. */
  ranShort(name: string): boolean {
    return this.#short.has(name) && this.#options.registry.get(name)?.state === 'failed';
  }

  /** True for a bundle that was refused because another one, or the portal itself, holds an id of it. */
  conflicting(name: string): boolean {
    const code = this.#options.registry.get(name)?.code;
    return code === 'PLUGIN_ID_CONFLICT' || code === 'MODULE_ID_CONFLICT';
  }

  /**
   * Loads a new or changed bundle hot; with `again`, also the one that is loaded. Returns the fault of one that fails, which
   * is in its status too; what served before still serves.
   */
  activate(bundle: StagedBundle, options: { again?: boolean } = {}): Promise<StagedoorError | undefined> {
    return this.#options.timings.load(() => this.#activate(bundle, options));
  }

  async #activate(bundle: StagedBundle, { again = false }: { again?: boolean }): Promise<StagedoorError | undefined> {
    const { registry, units } = this.#options;
    const previous = this.#loaded.get(bundle.name);
    if (!again && previous?.bundle.digest === bundle.digest) {
      // Back to what serves already, e.g. after a drop that failed was undone; its signatures may be others.
      registry.set(bundle.name, 'staging', { bundle });
      const { fault: refusal } = await this.#check(bundle);
      if (refusal) this.#fail(bundle, refusal);
      this.#loaded.refreshAll();
      return refusal;
    }
    // A module that Node has in memory would be taken as it is, with all that it remembers.
    if (again) unloadModules(bundle.dir);
    const resolved = await this.#resolve(bundle);
    if (resolved === 'late' || isStagedoorError(resolved)) return resolved === 'late' ? undefined : resolved;
    registry.set(bundle.name, 'starting', { bundle });
    let fault: StagedoorError | undefined;
    try {
      const { blamed, retired } = await units.change(bundle.name, previous?.contribution, resolved);
      this.#loaded.set(bundle, resolved);
      this.#noteServing(bundle, resolved);
      if (previous) this.#afterwards(retired, previous.bundle);
      else this.#track(retired);
      await this.#blame(blamed);
    } catch (error) {
      fault = this.#fail(bundle, asFault(error));
    }
    this.#loaded.refreshAll();
    return fault;
  }

  /** Takes a bundle that is gone out of service; it stays visible as `draining` until its last request is done. */
  async deactivate(name: string): Promise<void> {
    const { registry } = this.#options;
    if (!this.loaded(name)) {
      registry.delete(name);
      return;
    }
    const { stopped } = await this.takeOut(name);
    this.#track(
      stopped.then(() => {
        if (!this.loaded(name) && registry.get(name)?.state === 'draining') registry.delete(name);
      }),
    );
  }

  /**
   * Takes a bundle out of its units, draining. Resolves when requests go elsewhere, with what resolves when the old
   * generations have stopped; rejects with the code of a unit that does not start without it.
   */
  async takeOut(name: string): Promise<{ stopped: Promise<void> }> {
    const { registry } = this.#options;
    registry.set(name, 'draining');
    try {
      const result = await this.#takeOut(name);
      registry.patch(name, this.#loaded.status(name));
      return result;
    } catch (error) {
      registry.set(name, 'failed', { fault: asFault(error) });
      throw error;
    } finally {
      this.#loaded.refreshAll();
    }
  }

  /** Resolves when every generation that was replaced or removed has stopped. */
  async retired(): Promise<void> {
    await Promise.all(this.#retiring);
  }

  /** A plugin of a bundle has ended by itself and is about to be started again, for the `attempt`th time in a row. */
  backOff(name: string, fault: StagedoorError, attempt: number): void {
    this.#options.registry.set(name, 'backoff', { fault, changes: { attempt } });
  }

  /** A plugin that was in backoff runs again. */
  recovered(name: string): void {
    const { registry } = this.#options;
    if (registry.get(name)?.state !== 'backoff') return;
    registry.set(name, 'running', { changes: { ...this.#loaded.status(name), attempt: undefined } });
  }

  /** A plugin opened a path, or was kept from it. */
  routesChanged(): void {
    this.#loaded.refreshRoutes();
  }

  /** A plugin of a bundle has ended by itself too often: it stays away until an operator reloads it, or its drop changes. */
  quarantine(name: string, fault: StagedoorError): void {
    const digest = this.loaded(name)?.digest;
    const { registry } = this.#options;
    registry.set(name, 'quarantined', { fault });
    if (!digest) return;
    const pluginIds = registry.get(name)?.pluginIds;
    const quarantined = { since: new Date().toISOString(), digest, message: fault.message, pluginIds };
    this.#remember(this.#options.state.update(name, { quarantined }));
  }

  /** Validates and loads a bundle; the fault of one that must not or cannot run is in its status. */
  #resolve(bundle: StagedBundle, options?: CheckOptions): Promise<Resolved> {
    return timed(BUNDLE_STEP, bundle.name, () => this.#validateAndLoad(bundle, options));
  }

  async #validateAndLoad(bundle: StagedBundle, options?: CheckOptions): Promise<Resolved> {
    const { registry, resolve } = this.#options;
    registry.set(bundle.name, 'staging', { bundle, changes: { attempt: undefined } });
    const { fault, late } = await timed('validate', undefined, () => this.#check(bundle, options));
    if (fault) return this.#fail(bundle, fault);
    if (late) return 'late';
    try {
      // Each step takes some of the time that requests may have to wait: others get their turn in between.
      await turn();
      const contribution = await resolve(bundle);
      await turn();
      return contribution;
    } catch (error) {
      return this.#fail(bundle, asFault(error));
    }
  }

  /** Holds a bundle against host, policy and app-config. */
  async #check(bundle: StagedBundle, options?: CheckOptions): Promise<GateResult> {
    const { gate, registry } = this.#options;
    const result: GateResult = await gate.check(bundle, options).catch((cause: Error) => ({
      fault: new StagedoorError('DROP_UNREADABLE', `${bundle.entry} cannot be checked: ${cause.message}`, { cause }),
    }));
    if (!result.late) this.#judged.set(bundle.name, bundle.dir);
    registry.patch(bundle.name, { signature: result.signature });
    return result;
  }

  /** Resolves when requests go elsewhere, with what resolves when the old generations have stopped. */
  async #takeOut(name: string): Promise<{ stopped: Promise<void> }> {
    const loaded = this.#loaded.get(name)!;
    const { blamed, retired } = await this.#options.units.change(name, loaded.contribution, undefined);
    this.#loaded.delete(name);
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

  #fail(bundle: StagedBundle, fault: StagedoorError): StagedoorError {
    if (this.loaded(bundle.name)?.dir !== bundle.dir) unloadModules(bundle.dir);
    const state = FAILURES.has(fault.code) ? 'failed' : 'rejected';
    if (isShortage(fault)) this.#short.add(bundle.name);
    else this.#short.delete(bundle.name);
    this.#options.registry.set(bundle.name, state, { bundle, fault, changes: this.#loaded.status(bundle.name) });
    return fault;
  }

  #noteServing(bundle: StagedBundle, contribution: Contribution): void {
    const holds = claimsOf(contribution).map(({ claim }) => claim);
    this.#remember(this.#options.state.served(bundle.name, bundle, holds));
  }

  /** A state file that cannot be written must not take away what runs. */
  #remember(written: Promise<void>): void {
    written.catch((error: StagedoorError) => {
      this.#options.logger.error(`${error.code}: ${error.message} Remedy: ${error.hint}`);
    });
  }

  #afterwards(retired: Promise<void>, bundle: StagedBundle): void {
    this.#loaded.drain(bundle, retired);
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
