import { ProcessGeneration, type ProcessGenerationHost } from '../process/processGeneration';
import { Generation, type GenerationHost } from '../start/generation';
import type { StartupReport } from '../host/startupReport';
import type { PluginLogs } from '../logs/pluginLogs';
import { teeRootLogger } from '../logs/teeLogger';
import type { MigrationRecords } from '../migrations/records';
import { timed } from '../observability/timing/timed';
import type { Composition } from '../composition/part';
import type { StartedGeneration } from '../start/startedGeneration';

/** Dependencies of both kinds of generations. */
export interface UnitHost extends GenerationHost {
  /** Receives the outcomes of the start of the portal's own plugins. */
  startup?: Pick<StartupReport, 'ended' | 'complete'>;
  /** Records what builds did to the databases of plugins; undefined if there are no bundles. */
  migrations?: MigrationRecords;
  /** Keeps the lines of each plugin; undefined if there are no bundles. */
  logs?: Pick<PluginLogs, 'sinkOf' | 'sinkFor'>;
  /** Undefined if no plugin runs in a separate process. */
  processes?: Pick<ProcessGenerationHost, 'processes' | 'onSupervision'>;
}

/**
 * Starts a generation beside the `current` one, in the portal or in a process; rejects with `StartFailure`. It serves nothing
 * yet.
 */
export function startGeneration(
  pluginId: string,
  composition: Composition,
  host: UnitHost,
  current: StartedGeneration | undefined,
): Promise<StartedGeneration> {
  // The host of a generation must not hold a function that is made here: it would keep `current`, and so every earlier one.
  const sink = host.logs?.sinkOf(composition);
  const rootLogger = sink ? teeRootLogger(host.rootLogger, pluginId, sink) : host.rootLogger;
  const database = host.migrations?.begin(pluginId, composition);
  if (!composition.plugin?.isolated) {
    return timed('plugin', pluginId, () =>
      Generation.start(pluginId, composition, { ...host, rootLogger, database }, current),
    );
  }
  const { processes, ...others } = host;
  const rest = { ...others, rootLogger, database };
  return timed('plugin', pluginId, () => ProcessGeneration.start(pluginId, composition, { ...rest, ...processes! }));
}
