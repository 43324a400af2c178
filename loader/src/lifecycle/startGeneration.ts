import { ProcessGeneration, type ProcessGenerationHost } from '../process/processGeneration';
import { Generation, type GenerationHost } from '../start/generation';
import type { StartupReport } from '../host/startupReport';
import type { MigrationRecords } from '../migrations/records';
import { timed } from '../observability/timing/timed';
import type { Composition } from '../composition/part';
import type { StartedGeneration } from '../start/startedGeneration';

/** What generations of both kinds need of the portal. */
export interface UnitHost extends GenerationHost {
  /** Hears what the start of the portal's own plugins came to. */
  startup?: Pick<StartupReport, 'ended' | 'complete'>;
  /** Knows what builds have done to the databases of plugins; undefined where there are no bundles. */
  migrations?: MigrationRecords;
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
  const database = host.migrations?.begin(pluginId, composition);
  if (!composition.plugin?.isolated) {
    return timed('plugin', pluginId, () => Generation.start(pluginId, composition, { ...host, database }, current));
  }
  const { processes, ...others } = host;
  const rest = { ...others, database };
  return timed('plugin', pluginId, () => ProcessGeneration.start(pluginId, composition, { ...rest, ...processes! }));
}
