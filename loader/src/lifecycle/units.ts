import { concurrently, type StagedoorError } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import { compose } from '../composition/compose';
import { conflict } from '../composition/errors';
import { claimsOf, unitsOf, type Contribution } from '../composition/contribution';
import { ADMIN_PLUGIN_ID, INFO_PLUGIN_ID } from '../composition/ownPlugins';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from '../composition/part';
import { asFault } from '../errors/asFault';
import type { StartupReport } from '../host/startupReport';
import type { Slots } from '../serve/slots';
import { didNotStart } from '../serve/unavailable';
import { StartFailure } from '../start/startFailure';
import { startUnit, type RunningUnit, type StartedUnit, type UnitStarter } from '../start/startUnit';
import { swapUnit, type ReplacedGeneration } from '../swap/swapUnit';
import { Unit } from './unit';

/** Number of units that start concurrently at boot: each has its own start timeout, and more would use up each other's. */
const AT_ONCE = 8;

/** How long bundles with plugins of their own wait for the portal's own plugins at boot. */
const OWN_FIRST_MS = 30_000;

/** What {@link Units} work with. */
export interface UnitsOptions extends UnitStarter {
  slots: Slots;
  /** Receives the outcomes of the start of the portal's own plugins. */
  startup?: Pick<StartupReport, 'ended' | 'complete'>;
  /** Returns the owner that an id is reserved for, running or not. */
  reservedFor(claim: string): string | undefined;
}

/** All units of the portal and their compositions. Callers that change units hold the lock of each, see `Exclusions`. */
export class Units {
  readonly #units = new Map<string, Unit>();
  readonly #options: UnitsOptions;

  constructor(options: UnitsOptions) {
    this.#options = options;
  }

  get(pluginId: string): Unit | undefined {
    return this.#units.get(pluginId);
  }

  all(): Unit[] {
    return [...this.#units.values()];
  }

  /** Plugins that run or are starting, with their modules, static ones included. */
  installed(): Array<{ pluginId: string; modules: Array<{ moduleId: string }> }> {
    return this.all()
      .filter(({ composition }) => composition.plugin)
      .map(({ pluginId, composition }) => ({
        pluginId,
        modules: partsOf(composition).flatMap((part) => moduleIdsOf(part, pluginId).map((moduleId) => ({ moduleId }))),
      }));
  }

  /**
   * Starts new generations beside those in service, in which the contribution of `owner` is `next` (undefined: none) instead
   * of `previous`, in every unit concerned, or in none. Rejects with StagedoorError (PLUGIN_ID_CONFLICT, MODULE_ID_CONFLICT,
   * or the code of the start that failed).
   */
  async start(
    owner: string,
    previous: Contribution | undefined,
    next: Contribution | undefined,
  ): Promise<StartedUnit[]> {
    if (next) this.#checkClaims(owner, next);
    const ids = [...new Set([...unitsOf(previous), ...unitsOf(next)])];
    const concerned = ids.filter((id) => unitsOf(next).includes(id) || this.#units.get(id)?.has(owner));
    const units = concerned.map((id) => this.#unit(id));
    const outcomes = await Promise.allSettled(
      units.map((unit) => startUnit(unit, compose(unit.without(owner), unit.pluginId, next), this.#options, owner)),
    );
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failed) return started;
    await Promise.allSettled(started.map(({ generation }) => generation?.stop()));
    for (const unit of units) this.#forgetIfEmpty(unit);
    throw failed.reason instanceof StartFailure ? failed.reason.fault : failed.reason;
  }

  /** Puts started generations into service, all from the next request on. Returns those that they replace. */
  swap(started: readonly StartedUnit[]): ReplacedGeneration[] {
    const replaced = started.map(swapUnit);
    for (const { unit } of started) this.#forgetIfEmpty(unit);
    return replaced;
  }

  /**
   * Starts every unit at boot. Contributions claim their ids in the given order. Returns the error of each rejected or failed
   * owner; rejects if a static plugin fails and Backstage's `backend.startup` settings do not permit it.
   */
  async boot(contributions: readonly Contribution[]): Promise<Map<string, StagedoorError>> {
    const faults = new Map<string, StagedoorError>();
    for (const contribution of contributions) {
      const { owner } = contribution.part;
      try {
        this.#checkClaims(owner, contribution);
      } catch (error) {
        faults.set(owner, asFault(error));
        continue;
      }
      for (const id of unitsOf(contribution)) {
        const unit = this.#unit(id);
        unit.composition = compose(unit.composition, id, contribution);
      }
    }
    const { startup, slots } = this.#options;
    const isOwn = ({ plugin }: Composition): boolean => plugin?.owner === STATIC_OWNER;
    const start = async (unit: Unit): Promise<void> => {
      const planned = unit.composition;
      try {
        const started = await startUnit(unit, planned, this.#options);
        swapUnit(started);
        const told = started.generation?.startup;
        if (isOwn(planned) && told) startup?.ended(told);
        for (const [owner, fault] of started.blamed) faults.set(owner, fault);
      } catch (error) {
        const failure = StartFailure.from(unit.pluginId, error);
        const owner = planned.plugin!.owner;
        unit.composition = unit.without(owner);
        if (owner !== STATIC_OWNER) faults.set(owner, failure.fault);
        else {
          startup?.ended(failure.outcome);
          slots.fill(`/api/${unit.pluginId}`, didNotStart(unit.pluginId));
        }
      }
    };
    // The portal's own all at once, as in Backstage: they may wait for each other.
    const own = Promise.all(
      this.all()
        .filter(({ composition }) => isOwn(composition))
        .map(start),
    );
    // Bundles would keep the event loop from them. One that waits for a bundle must not wait for ever.
    await Promise.race([own, sleep(OWN_FIRST_MS, undefined, { ref: false })]);
    const others = this.all().filter(({ composition }) => !isOwn(composition));
    await Promise.all([own, concurrently(others, start, AT_ONCE)]);
    startup?.complete();
    return faults;
  }

  /** Drains and stops every unit concurrently. */
  async shutDown(): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(this.all().map(async (unit) => unit.current?.shutDown()));
  }

  /** The owner of a plugin id. Express matches paths case-insensitively, so ids must differ by more than case. */
  #holder(pluginId: string): string | undefined {
    const path = pluginId.toLowerCase();
    if (path === ADMIN_PLUGIN_ID || path === INFO_PLUGIN_ID) return STATIC_OWNER;
    return this.all().find((unit) => unit.pluginId.toLowerCase() === path)?.composition.plugin?.owner;
  }

  #forgetIfEmpty(unit: RunningUnit): void {
    if (!unit.current && partsOf(unit.composition).length === 0) this.#units.delete(unit.pluginId);
  }

  #unit(pluginId: string): Unit {
    let unit = this.#units.get(pluginId);
    if (!unit) {
      unit = new Unit(pluginId);
      this.#units.set(pluginId, unit);
    }
    return unit;
  }

  #checkClaims(owner: string, contribution: Contribution): void {
    for (const { claim, pluginId, moduleId } of claimsOf(contribution)) {
      const others = [
        ...(moduleId === undefined ? [this.#holder(pluginId)] : this.#moduleHolders(pluginId, moduleId)),
        this.#options.reservedFor(claim),
      ];
      const holder = others.find((other) => other !== undefined && other !== owner);
      if (holder === undefined) continue;
      const what = moduleId === undefined ? 'plugin' : `module '${moduleId}' for plugin`;
      const code = moduleId === undefined ? 'PLUGIN_ID_CONFLICT' : 'MODULE_ID_CONFLICT';
      throw conflict(code, `${what} '${pluginId}'`, owner, holder);
    }
  }

  #moduleHolders(pluginId: string, moduleId: string): string[] {
    return partsOf(this.#units.get(pluginId)?.composition ?? { modules: [] })
      .filter((part) => moduleIdsOf(part, pluginId).includes(moduleId))
      .map(({ owner }) => owner);
  }
}
