import type { LoggerService } from '@backstage/backend-plugin-api';
import type { StagedoorError } from '@stagedoor/bundle';
import { concurrently, isStagedoorError } from '@stagedoor/bundle';
import { setImmediate as turn } from 'node:timers/promises';
import { unitsOf, type Contribution } from '../composition/contribution';
import { asFault } from '../errors/asFault';
import type { Bundles } from '../lifecycle/bundles';
import type { Exclusions } from '../lifecycle/exclusions';
import { timed } from '../observability/timing/timed';
import { BUNDLE_STEP, type Timings } from '../observability/timing/timings';
import { unloadModules } from '../resolve/loadFeatures';
import type { StagedBundle } from '../stage/stagedBundle';
import type { CheckOptions, GateResult } from '../validate/gate';
import { checkFailed } from './errors';
import type { PipelineSteps } from './steps';

/** How long the start of the portal waits for a bundle's schema to compile; real ones take some 10 ms. */
const SCHEMA_PATIENCE_MS = 2000;

/** Number of bundles that load concurrently at boot: each has its own start timeout, and more would use up each other's. */
const AT_ONCE = 4;

/** Dependencies of {@link Pipeline}. */
export interface PipelineOptions<Found> {
  steps: PipelineSteps<Found>;
  /** The loaded bundles, and the status of all. */
  bundles: Bundles;
  locks: Exclusions;
  timings: Timings;
  logger: LoggerService;
}

/** A loaded bundle, the error of one that must not or cannot run, or `late`: see {@link GateResult}. */
type Loaded = Contribution | StagedoorError | 'late';

/**
 * The pipeline that brings a drop into service and out of it: scan → stage → validate → resolve → start → swap → drain. Every
 * stage is called from here and calls none of the others; {@link PipelineSteps} names the folder of each. Results are in the
 * status.
 */
export class Pipeline<Found> {
  readonly #options: PipelineOptions<Found>;

  constructor(options: PipelineOptions<Found>) {
    this.#options = options;
  }

  /** Handles a changed entry of the root directory: it takes effect, or its status explains why not. */
  async take(entry: string): Promise<void> {
    for (const name of await this.copy(entry)) await this.reconcile(name);
  }

  /** scan → stage. Updates the copy of an entry. Returns the names whose drops have changed. */
  async copy(entry: string): Promise<ReadonlySet<string>> {
    const { steps } = this.#options;
    const scanned = await steps.scan(entry);
    return 'found' in scanned ? await steps.stage(scanned.found) : scanned.names;
  }

  /** Brings the loaded build of a name in line with its drops and the operator's decisions. */
  async reconcile(name: string): Promise<void> {
    await this.exclusively(name, () => this.#apply(name));
  }

  /** Runs `work` while nothing else changes the loaded build of a name; then bundles that wait for its ids are tried. */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { locks, bundles } = this.#options;
    try {
      return await locks.names.run([name], work);
    } finally {
      for (const other of bundles.contenders(name)) await locks.names.run([other], () => this.#apply(other));
    }
  }

  async #apply(name: string): Promise<void> {
    const { steps, logger } = this.#options;
    const { run, remove } = await steps.choose(name);
    if (run) await this.activate(run);
    await this.#fallBack(name);
    if (remove) await this.remove(name).catch((error: Error) => logger.error(error.message, error));
    steps.chosen(name);
  }

  /** Starts the last good builds of those names whose drop cannot run. */
  async fallBack(names: Iterable<string>): Promise<void> {
    await concurrently([...names], (name) => this.exclusively(name, () => this.#fallBack(name)), AT_ONCE);
  }

  /** The last good build runs if the drop of a name cannot and nothing of it does; the status still explains the drop. */
  async #fallBack(name: string): Promise<void> {
    const { steps, bundles, logger } = this.#options;
    if (bundles.loaded(name)) return;
    const good = await steps.lastGood(name);
    if (!good) return;
    const refusal = bundles.refusal(name);
    const fault = await this.activate(good);
    if (!fault) logger.warn(`${name}: ${good.version}, which ran last, runs because the drop cannot run`);
    bundles.showRefusal(name, refusal, fault);
  }

  /**
   * validate → resolve → start → swap → drain, for a new or changed bundle; with `again`, also for the loaded one. Returns
   * the error of one that fails, which is also in its status; the earlier build stays in service.
   */
  activate(bundle: StagedBundle, { again = false }: { again?: boolean } = {}): Promise<StagedoorError | undefined> {
    return this.#options.timings.load(async () => {
      const { bundles } = this.#options;
      const [before, previous] = [bundles.loaded(bundle.name), bundles.contribution(bundle.name)];
      try {
        // The build in service again, for example after a failed drop was undone; its signatures may differ.
        if (!again && bundles.isLoaded(bundle)) return (await this.#validate(bundle)).fault;
        // Node would reuse a cached module with all its state.
        if (again) unloadModules(bundle.dir);
        const next = await this.#load(bundle);
        if (next === 'late') return undefined;
        if (isStagedoorError(next)) return next;
        bundles.starting(bundle);
        const { blamed, drained } = await this.replace(bundle.name, previous, next);
        bundles.loads(bundle, next);
        bundles.remember(bundle, next);
        bundles.replaced(before, drained);
        await this.#takeOutBlamed(blamed);
        return undefined;
      } catch (error) {
        return bundles.failed(bundle, asFault(error));
      } finally {
        bundles.refreshAll();
      }
    });
  }

  /**
   * start → swap → drain, in every unit concerned, or in none: the contribution of `owner` is `next` from the next request
   * on. Returns a promise that resolves when everything that was replaced has stopped. Rejects as {@link PipelineSteps.start}
   * does.
   */
  replace(
    owner: string,
    previous: Contribution | undefined,
    next: Contribution | undefined,
  ): Promise<{ blamed: Map<string, StagedoorError>; drained: Promise<void> }> {
    const { steps, locks } = this.#options;
    return locks.units.run([...unitsOf(previous), ...unitsOf(next)], async () => {
      const started = await steps.start(owner, previous, next);
      const replaced = steps.swap(started);
      return { blamed: new Map(started.flatMap(({ blamed }) => [...blamed])), drained: steps.drain(replaced) };
    });
  }

  /** Takes a removed bundle out of service; it stays visible as `draining` until its last request is done. */
  async remove(name: string): Promise<void> {
    const { bundles } = this.#options;
    if (!bundles.loaded(name)) return bundles.forget(name);
    const { stopped } = await this.takeOut(name);
    bundles.forgetAfter(name, stopped);
  }

  /**
   * Takes a bundle out of its units and drains it. Resolves when requests go elsewhere, with a promise that resolves when the
   * old generations have stopped; rejects with the code of a unit that does not start without it.
   */
  async takeOut(name: string): Promise<{ stopped: Promise<void> }> {
    const { bundles } = this.#options;
    bundles.draining(name);
    try {
      const { stopped } = await this.#takeOut(name);
      bundles.takenOut(name);
      return { stopped };
    } catch (error) {
      bundles.notTakenOut(name, asFault(error));
      throw error;
    } finally {
      bundles.refreshAll();
    }
  }

  /**
   * Loads all bundles at boot together with the portal's own plugins. Returns the names of those whose config schema takes
   * long to check: they are to be activated when the portal runs.
   */
  async boot(own: Contribution, staged: readonly StagedBundle[]): Promise<string[]> {
    const { steps, bundles } = this.#options;
    await steps.prepare(staged);
    const patience = { patienceMs: SCHEMA_PATIENCE_MS };
    const loaded = await concurrently(staged, (bundle) => this.#load(bundle, patience), AT_ONCE);
    const contributions = loaded.filter((each) => each !== 'late' && !isStagedoorError(each)) as Contribution[];
    for (const bundle of staged) if (brought(contributions, bundle)) bundles.starting(bundle);
    const faults = await steps.boot([own, ...contributions]);
    for (const bundle of staged) {
      const contribution = brought(contributions, bundle);
      if (!contribution) continue;
      bundles.loads(bundle, contribution);
      const fault = faults.get(bundle.name);
      // A bundle that failed in one of its units must not stay in another.
      if (fault) {
        await this.#takeOut(bundle.name);
        bundles.failed(bundle, fault);
      } else bundles.remember(bundle, contribution);
    }
    bundles.refreshAll();
    // Whoever held the id may have failed.
    const contenders = new Set(bundles.contenders());
    for (const bundle of staged) if (contenders.has(bundle.name)) await this.activate(bundle);
    return staged.filter((_bundle, index) => loaded[index] === 'late').map(({ name }) => name);
  }

  /** validate → resolve. The error of a bundle that must not or cannot run is in its status. */
  #load(bundle: StagedBundle, options?: CheckOptions): Promise<Loaded> {
    const { steps, bundles } = this.#options;
    return timed(BUNDLE_STEP, bundle.name, async () => {
      const { fault, late } = await timed('validate', undefined, () => this.#validate(bundle, options));
      if (fault) return fault;
      if (late) return 'late';
      try {
        // Each step blocks requests for a moment: this lets other work run between two of them.
        await turn();
        const contribution = await steps.resolve(bundle);
        await turn();
        return contribution;
      } catch (error) {
        return bundles.failed(bundle, asFault(error));
      }
    });
  }

  async #validate(bundle: StagedBundle, options?: CheckOptions): Promise<GateResult> {
    const { steps, bundles } = this.#options;
    bundles.staging(bundle);
    const result: GateResult = await steps.validate(bundle, options).catch((cause: Error) => ({
      fault: checkFailed(bundle.entry, cause),
    }));
    bundles.judged(bundle, result);
    if (result.fault) bundles.failed(bundle, result.fault);
    return result;
  }

  /** Resolves when requests go elsewhere, with what resolves when the old generations have stopped. */
  async #takeOut(name: string): Promise<{ stopped: Promise<void> }> {
    const { bundles } = this.#options;
    const before = bundles.loaded(name);
    const { blamed, drained } = await this.replace(name, bundles.contribution(name), undefined);
    bundles.unloads(name);
    bundles.replaced(before, drained);
    await this.#takeOutBlamed(blamed);
    return { stopped: drained };
  }

  async #takeOutBlamed(blamed: ReadonlyMap<string, StagedoorError>): Promise<void> {
    const { bundles } = this.#options;
    for (const [owner, fault] of blamed) {
      const bundle = bundles.loaded(owner);
      if (!bundle) continue;
      await this.#takeOut(owner);
      bundles.failed(bundle, fault);
    }
  }
}

function brought(contributions: readonly Contribution[], { name }: StagedBundle): Contribution | undefined {
  return contributions.find(({ part }) => part.owner === name);
}
