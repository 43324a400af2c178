import { readPlaces, type Place } from './places';
import type { Section } from './section';

/** How child processes of plugins run. */
export interface ProcessSettings {
  /** Limit of one process, in megabytes. */
  memoryLimitMb: number;
  /** Names of environment variables that a process inherits from the portal, besides those that Node needs. */
  environment: string[];
  /** True: Node's permission model restricts the files that a process may read. */
  permissionModel: boolean;
  /** The users that processes run as, one for each plugin; undefined: the user of the portal. */
  users?: UserRange;
  /** Targets on this machine that a confined process may connect to, besides the portal, its database and its cache. */
  connect: Place[];
}

/** Consecutive ids of users, and of groups with the same numbers. */
export interface UserRange {
  from: number;
  count: number;
}

/** Lower ids belong to system users and people; higher ones have special meanings. */
const USERS = { min: 1000, max: 2 ** 31 - 1 };
const MOST_USERS = 100_000;

/** Reads `dynamicPlugins.process`. */
export function readProcess(parent: Section): ProcessSettings {
  const section = parent.section('process', ['memoryLimitMb', 'environment', 'permissionModel', 'users', 'connect']);
  return {
    memoryLimitMb: readMemoryLimit(section) ?? 512,
    environment: section.strings('environment'),
    permissionModel: section.boolean('permissionModel') ?? false,
    users: section.has('users') ? readUsers(section) : undefined,
    connect: readPlaces(section) ?? [],
  };
}

function readUsers(parent: Section): UserRange {
  const section = parent.section('users', ['from', 'count']);
  const accepted = `a user id from ${USERS.min} to ${USERS.max - MOST_USERS}`;
  const from = section.number('from', { min: USERS.min, max: USERS.max - MOST_USERS, accepted });
  if (!section.has('from')) section.fault('from', 'is missing', accepted);
  const counts = { min: 1, max: MOST_USERS, accepted: `a whole number from 1 to ${MOST_USERS}` };
  return { from: from ?? USERS.min, count: section.number('count', counts) ?? 1000 };
}

/** Reads `memoryLimitMb`, for all processes or for one plugin's. */
export function readMemoryLimit(section: Section): number | undefined {
  const limits = { min: 64, max: 1024 * 1024, accepted: 'a whole number of megabytes, at least 64' };
  return section.number('memoryLimitMb', limits);
}
