import type { LauncherOptions } from '../process/childLauncher';
import { ProcessHost, usesProcesses } from '../process/processHost';
import type { UnitHost } from '../start/startGeneration';
import type { Bundles } from './bundles';
import { reportSupervision } from './reportSupervision';
import type { Units } from './units';

/** What runs plugins in processes of their own, and tells how those are; undefined where no setting asks for it. */
export function openProcesses({
  units,
  bundles,
  ...options
}: LauncherOptions & { units: Units; bundles: Bundles }): UnitHost['processes'] {
  if (!usesProcesses(options.settings)) return undefined;
  return {
    processes: new ProcessHost(options),
    onSupervision: (generation, supervision) => reportSupervision(generation, supervision, { units, bundles }),
  };
}
