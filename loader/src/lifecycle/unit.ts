import type { StagedoorError } from '@stagedoor/bundle';
import type { StartedGeneration } from '../start/startedGeneration';
import { startGeneration, type UnitHost } from './startGeneration';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from '../composition/part';
import { StartFailure } from '../start/startFailure';

/** A started generation that does not serve yet, with the parts that had to be left out of it. */
export interface Prepared {
  composition: Composition;
  /** Absent when the unit has no plugin. */
  generation?: StartedGeneration;
  /** Owners of modules that were left out because they failed. */
  blamed: Map<string, StagedoorError>;
}

/** One plugin id: what it is made of, and the generation that serves it. */
export class Unit {
  readonly pluginId: string;
  composition: Composition = { modules: [] };
  current?: StartedGeneration;
  readonly #host: UnitHost;

  constructor(pluginId: string, host: UnitHost) {
    this.pluginId = pluginId;
    this.#host = host;
  }

  /** True when `owner` brings a part of this unit. */
  has(owner: string): boolean {
    return partsOf(this.composition).some((part) => part.owner === owner);
  }

  /** The composition less everything that `owner` brings. */
  without(owner: string): Composition {
    const { plugin, modules } = this.composition;
    return {
      plugin: plugin?.owner === owner ? undefined : plugin,
      modules: modules.filter((part) => part.owner !== owner),
    };
  }

  /**
   * Starts a generation beside the current one. Modules of other bundles that keep it from starting are left out and
   * blamed; a fault of the plugin, of a static module or of `initiator` rejects with {@link StartFailure}.
   */
  async prepare(composition: Composition, initiator?: string): Promise<Prepared> {
    const blamed = new Map<string, StagedoorError>();
    let attempt = composition;
    for (;;) {
      if (!attempt.plugin) return { composition: attempt, blamed };
      try {
        const generation = await this.#start(attempt);
        return { composition: attempt, generation, blamed };
      } catch (error) {
        const failure = StartFailure.from(this.pluginId, error);
        const culprits = this.#culprits(attempt, failure, initiator);
        if (culprits.size === 0) throw failure;
        for (const [owner, fault] of culprits) blamed.set(owner, fault);
        attempt = { ...attempt, modules: attempt.modules.filter((part) => !culprits.has(part.owner)) };
      }
    }
  }

  /** Puts a prepared generation into service. Returns the one it replaces, for the caller to retire. */
  commit({ composition, generation }: Prepared): StartedGeneration | undefined {
    const previous = this.current;
    this.composition = composition;
    this.current = generation;
    generation?.serve();
    previous?.handOver?.();
    return previous;
  }

  #start(composition: Composition): Promise<StartedGeneration> {
    const start = (): Promise<StartedGeneration> =>
      startGeneration(this.pluginId, composition, this.#host, this.current);
    // Only a first start holds requests: a running generation goes on serving beside it.
    return this.current ? start() : this.#host.slots.holding(`/api/${this.pluginId}`, start);
  }

  /** Whose modules to leave out after a failure: those that failed, else those that never ran with this plugin. */
  #culprits(
    composition: Composition,
    failure: StartFailure,
    initiator: string | undefined,
  ): Map<string, StagedoorError> {
    const removable = composition.modules.filter(
      (part) => part.owner !== STATIC_OWNER && part.owner !== initiator && part !== composition.plugin,
    );
    const culprits = new Map<string, StagedoorError>();
    for (const part of removable) {
      for (const moduleId of moduleIdsOf(part, this.pluginId)) {
        const fault = failure.modules.get(moduleId);
        if (fault) culprits.set(part.owner, fault);
      }
    }
    const othersFailed = [...failure.modules.values()].some((fault) => ![...culprits.values()].includes(fault));
    if (failure.plugin === undefined && !othersFailed) return culprits;
    if (culprits.size > 0) return culprits;
    const running = new Set(this.current ? partsOf(this.current.composition) : []);
    for (const part of removable) if (!running.has(part)) culprits.set(part.owner, failure.fault);
    return culprits;
  }
}
