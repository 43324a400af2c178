import type { StagedoorError } from '@stagedoor/bundle';
import { STATIC_OWNER, moduleIdsOf, partsOf, type Composition } from '../composition/part';
import type { Slots } from '../serve/slots';
import type { StartedGeneration } from './startedGeneration';
import { StartFailure } from './startFailure';

/** One plugin id with its composition and the generation in service. */
export interface RunningUnit {
  readonly pluginId: string;
  composition: Composition;
  current?: StartedGeneration;
}

/** A unit with a started generation that does not serve yet, and the parts that were left out of it. */
export interface StartedUnit {
  unit: RunningUnit;
  composition: Composition;
  /** Absent if the unit has no plugin. */
  generation?: StartedGeneration;
  /** Owners of modules that were left out because they failed. */
  blamed: Map<string, StagedoorError>;
}

/** Dependencies of {@link startUnit}. */
export interface UnitStarter {
  slots: Pick<Slots, 'holding'>;
  /** Starts a generation, beside the `current` one, where the unit's plugin is to run; rejects with {@link StartFailure}. */
  start(pluginId: string, composition: Composition, current: StartedGeneration | undefined): Promise<StartedGeneration>;
}

/**
 * Starts a generation of a unit beside the current one. Modules of other bundles that prevent the start are left out and get
 * the error; an error of the plugin, of a static module or of `initiator` rejects with {@link StartFailure}.
 */
export async function startUnit(
  unit: RunningUnit,
  composition: Composition,
  { start, slots }: UnitStarter,
  initiator?: string,
): Promise<StartedUnit> {
  const { pluginId, current } = unit;
  const blamed = new Map<string, StagedoorError>();
  let attempt = composition;
  for (;;) {
    const { plugin, modules } = attempt;
    if (!plugin) return { unit, composition: attempt, blamed };
    try {
      const begin = (): Promise<StartedGeneration> => start(pluginId, attempt, current);
      // Only a first start holds requests: otherwise the running generation continues to serve.
      const generation = await (current ? begin() : slots.holding(`/api/${pluginId}`, begin));
      return { unit, composition: attempt, generation, blamed };
    } catch (error) {
      const failure = StartFailure.from(pluginId, error);
      const left = toLeaveOut(unit, attempt, failure, initiator);
      if (left.size === 0) throw failure;
      for (const [owner, fault] of left) blamed.set(owner, fault);
      attempt = { plugin, modules: modules.filter((part) => !left.has(part.owner)) };
    }
  }
}

/** The owners of modules to leave out after a failure: those that failed, otherwise those that never ran with this plugin. */
function toLeaveOut(
  { pluginId, current }: RunningUnit,
  composition: Composition,
  failure: StartFailure,
  initiator: string | undefined,
): Map<string, StagedoorError> {
  const removable = composition.modules.filter(
    (part) => part.owner !== STATIC_OWNER && part.owner !== initiator && part !== composition.plugin,
  );
  const left = new Map<string, StagedoorError>();
  for (const part of removable) {
    for (const moduleId of moduleIdsOf(part, pluginId)) {
      const fault = failure.modules.get(moduleId);
      if (fault) left.set(part.owner, fault);
    }
  }
  const othersFailed = [...failure.modules.values()].some((fault) => ![...left.values()].includes(fault));
  if (failure.plugin === undefined && !othersFailed) return left;
  if (left.size > 0) return left;
  const running = new Set(current ? partsOf(current.composition) : []);
  for (const part of removable) if (!running.has(part)) left.set(part.owner, failure.fault);
  return left;
}
