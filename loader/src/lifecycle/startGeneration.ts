import { ProcessGeneration, type ProcessGenerationHost } from '../process/processGeneration';
import { Generation, type GenerationHost } from '../start/generation';
import type { StartupReport } from '../host/startupReport';
import { timed } from '../observability/timing/timed';
import type { Composition } from '../composition/part';
import type { StartedGeneration } from '../start/startedGeneration';

/** What generations of both kinds need of the portal. */
export interface UnitHost extends GenerationHost {
  /** Hears what the start of the portal's own plugins came to. */
  startup?: Pick<StartupReport, 'ended' | 'complete'>;
  /** Undefined where no plugin runs in a process of its own. */
  processes?: Pick<ProcessGenerationHost, 'processes' | 'onSupervision'>;
}

/** Starts a generation, beside the `current` one, where the unit's plugin is to run; rejects with `StartFailure`. It serves nothing yet. */
export function startGeneration(
  pluginId: string,
  composition: Composition,
  host: UnitHost,
  current: StartedGeneration | undefined,
): Promise<StartedGeneration> {
  if (!composition.plugin?.isolated) {
    return timed('plugin', pluginId, () => Generation.start(pluginId, composition, host, current));
  }
  const { processes, ...rest } = host;
  return timed('plugin', pluginId, () => ProcessGeneration.start(pluginId, composition, { ...rest, ...processes! }));
}
