import type { StartedGeneration } from '../start/startedGeneration';
import type { StartedUnit } from '../start/startUnit';

/** A retired generation, and the one that replaces it, if any. */
export interface ReplacedGeneration {
  old: StartedGeneration | undefined;
  next: StartedGeneration | undefined;
}

/** Swap: from the next request on, the started generation of a unit answers. */
export function swapUnit({ unit, composition, generation }: StartedUnit): ReplacedGeneration {
  const old = unit.current;
  unit.composition = composition;
  unit.current = generation;
  generation?.serve();
  old?.handOver?.();
  return { old, next: generation };
}
