import type { StagedoorError } from '@stagedoor/bundle';
import { quarantined } from '../process/errors';
import { type ProcessGeneration } from '../process/processGeneration';
import type { Supervision } from '../process/supervisor';
import { partsOf } from '../composition/part';
import type { Bundles } from './bundles';
import type { Units } from './units';

/**
 * Updates the statuses of bundles when something happens to their process. Too many crashes are attributed to the bundle of
 * the plugin; its modules wait with it.
 */
export function reportSupervision(
  generation: ProcessGeneration,
  supervision: Supervision<StagedoorError>,
  { units, bundles }: { units: Units; bundles: Bundles },
): void {
  const { pluginId, composition } = generation;
  // A generation that is not in service yet, or no longer, does not affect its bundles.
  if (units.get(pluginId)?.current !== generation) return;
  for (const part of partsOf(composition)) {
    if (supervision.state === 'running') bundles.recovered(part.owner);
    else if (supervision.state === 'backoff') bundles.backOff(part.owner, supervision.fault, supervision.attempt);
    else if (supervision.state === 'quarantined') {
      const fault = quarantined(pluginId, supervision.fault);
      if (part === composition.plugin) bundles.quarantine(part.owner, fault);
      else bundles.backOff(part.owner, fault, supervision.attempt);
    }
  }
}
