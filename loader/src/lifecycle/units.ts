import { concurrently, type StagedoorError } from '@stagedoor/bundle';
import { claimsOf, unitsOf, type Contribution } from '../composition/contribution';
import { compose } from '../composition/compose';
import { conflict } from '../composition/conflict';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from '../composition/part';
import { StartFailure } from '../start/startFailure';
import { didNotStart } from '../serve/unavailable';
import type { UnitHost } from './startGeneration';
import { asFault } from '../errors/asFault';
import { KeyedMutex } from './keyedMutex';
import { ADMIN_PLUGIN_ID, INFO_PLUGIN_ID } from '../composition/ownPlugins';
import { Unit, type Prepared } from './unit';

/** Units of bundles that start side by side at boot: each has the start timeout for itself, whose clock others would use up. */
const AT_ONCE = 8;

/** What a change of units came to. */
export interface ChangeResult {
  /** Owners of modules that had to be left out, with the reason. */
  blamed: Map<string, StagedoorError>;
  /** Resolves when every replaced generation has drained and stopped. */
  retired: Promise<void>;
}

/** All units of the portal, and the one way to change what they are made of. */
export class Units {
  readonly #units = new Map<string, Unit>();
  readonly #mutex = new KeyedMutex();
  readonly #host: UnitHost;
  readonly #reservedFor: (claim: string) => string | undefined;

  /** `reservedFor` tells which owner an id is kept for, whether it runs or not. */
  constructor(host: UnitHost, reservedFor: (claim: string) => string | undefined = () => undefined) {
    this.#host = host;
    this.#reservedFor = reservedFor;
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
   * Replaces what `owner` contributes by `next` (undefined: nothing) in every unit concerned: all new generations
   * start beside the old ones, then all take over, or none does. Rejects with StagedoorError
   * (PLUGIN_ID_CONFLICT, MODULE_ID_CONFLICT, or the code of the start that failed).
   */
  async change(
    owner: string,
    previous: Contribution | undefined,
    next: Contribution | undefined,
  ): Promise<ChangeResult> {
    const ids = [...new Set([...unitsOf(previous), ...unitsOf(next)])];
    return this.#mutex.run(ids, async () => {
      if (next) this.#checkClaims(owner, next);
      const concerned = ids.filter((id) => unitsOf(next).includes(id) || this.#units.get(id)?.has(owner));
      const units = concerned.map((id) => this.#unit(id));
      const outcomes = await Promise.allSettled(
        units.map((unit) => unit.prepare(compose(unit.without(owner), unit.pluginId, next), owner)),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed) {
        await Promise.allSettled(
          outcomes.map((outcome) => outcome.status === 'fulfilled' && outcome.value.generation?.stop()),
        );
        for (const unit of units) this.#forgetIfEmpty(unit);
        throw failed.reason instanceof StartFailure ? failed.reason.fault : failed.reason;
      }
      const prepared = outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Prepared>).value);
      return this.#commit(units, prepared);
    });
  }

  /**
   * Starts every unit for the first time, with all that was there at boot. Contributions claim their ids in the
   * given order. Returns what each refused or failed owner is told; rejects when a static plugin fails and
   * Backstage's `backend.startup` settings do not let it.
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
    const startup = this.#host.startup;
    const isOwn = ({ plugin }: Composition): boolean => plugin?.owner === STATIC_OWNER;
    const start = async (unit: Unit): Promise<void> => {
      const planned = unit.composition;
      try {
        const prepared = await unit.prepare(planned);
        unit.commit(prepared);
        const told = prepared.generation?.startup;
        if (isOwn(planned) && told) startup?.ended(told);
        for (const [owner, fault] of prepared.blamed) faults.set(owner, fault);
      } catch (error) {
        const failure = StartFailure.from(unit.pluginId, error);
        const owner = planned.plugin!.owner;
        unit.composition = unit.without(owner);
        if (owner !== STATIC_OWNER) faults.set(owner, failure.fault);
        else {
          startup?.ended(failure.outcome);
          this.#host.slots.fill(`/api/${unit.pluginId}`, didNotStart(unit.pluginId));
        }
      }
    };
    // The portal's own all at once, as in Backstage: they may wait for each other.
    const own = this.all()
      .filter(({ composition }) => isOwn(composition))
      .map(start);
    await Promise.all([
      ...own,
      concurrently(
        this.all().filter(({ composition }) => !isOwn(composition)),
        start,
        AT_ONCE,
      ),
    ]);
    startup?.complete();
    return faults;
  }

  /** Drains and stops every unit, side by side. */
  async shutDown(): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(this.all().map(async (unit) => unit.current?.shutDown()));
  }

  #commit(units: Unit[], prepared: Prepared[]): ChangeResult {
    const retirements = units.map((unit, index) => {
      const next = prepared[index]!;
      const old = unit.commit(next);
      this.#forgetIfEmpty(unit);
      return old?.retire(next.generation);
    });
    return {
      blamed: new Map(prepared.flatMap(({ blamed }) => [...blamed])),
      retired: Promise.allSettled(retirements).then(() => {}),
    };
  }

  /** Who provides a plugin id. Express matches paths without regard to case, so ids may not differ by case alone. */
  #holder(pluginId: string): string | undefined {
    const path = pluginId.toLowerCase();
    if (path === ADMIN_PLUGIN_ID || path === INFO_PLUGIN_ID) return STATIC_OWNER;
    return this.all().find((unit) => unit.pluginId.toLowerCase() === path)?.composition.plugin?.owner;
  }

  #forgetIfEmpty(unit: Unit): void {
    if (!unit.current && partsOf(unit.composition).length === 0) this.#units.delete(unit.pluginId);
  }

  #unit(pluginId: string): Unit {
    let unit = this.#units.get(pluginId);
    if (!unit) {
      unit = new Unit(pluginId, this.#host);
      this.#units.set(pluginId, unit);
    }
    return unit;
  }

  #checkClaims(owner: string, contribution: Contribution): void {
    for (const { claim, pluginId, moduleId } of claimsOf(contribution)) {
      const others = [
        ...(moduleId === undefined ? [this.#holder(pluginId)] : this.#moduleHolders(pluginId, moduleId)),
        this.#reservedFor(claim),
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
