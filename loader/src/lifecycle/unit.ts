import { partsOf, type Composition } from '../composition/part';
import type { StartedGeneration } from '../start/startedGeneration';
import type { RunningUnit } from '../start/startUnit';

/** One plugin id with its composition and the generation that serves it. */
export class Unit implements RunningUnit {
  readonly pluginId: string;
  composition: Composition = { modules: [] };
  current?: StartedGeneration;

  constructor(pluginId: string) {
    this.pluginId = pluginId;
  }

  /** True if `owner` contributes to this unit. */
  has(owner: string): boolean {
    return partsOf(this.composition).some((part) => part.owner === owner);
  }

  /** The composition without the parts of `owner`. */
  without(owner: string): Composition {
    const { plugin, modules } = this.composition;
    return {
      plugin: plugin?.owner === owner ? undefined : plugin,
      modules: modules.filter((part) => part.owner !== owner),
    };
  }
}
