import { readPlaces, type Place } from './places';
import type { Section } from './section';

/** How child processes of plugins run. */
export interface ProcessSettings {
  /** Limit of one process, in megabytes. */
  memoryLimitMb: number;
  /** Names of variables that a process gets of the portal's environment, beyond those that Node needs. */
  environment: string[];
  /** True: Node's permission model confines what files a process may read. */
  permissionModel: boolean;
  /** What on this machine a confined process may connect to, beyond the portal, its database and its cache. */
  connect: Place[];
}

/** Reads `dynamicPlugins.process`. */
export function readProcess(parent: Section): ProcessSettings {
  const section = parent.section('process', ['memoryLimitMb', 'environment', 'permissionModel', 'connect']);
  return {
    memoryLimitMb: readMemoryLimit(section) ?? 512,
    environment: section.strings('environment'),
    permissionModel: section.boolean('permissionModel') ?? false,
    connect: readPlaces(section) ?? [],
  };
}

/** Reads `memoryLimitMb`, for all processes or for one plugin's. */
export function readMemoryLimit(section: Section): number | undefined {
  const limits = { min: 64, max: 1024 * 1024, accepted: 'a whole number of megabytes, at least 64' };
  return section.number('memoryLimitMb', limits);
}
