import { permissionFlags, type AccessNeeds } from './permissions';

/** The young generation of a process that mostly waits, in megabytes: small, for memory at rest counts per plugin. */
const SEMI_SPACE_MB = 2;

/** Flags of Node for the process of a plugin. */
export function nodeFlags(memoryLimitMb: number, access: AccessNeeds | undefined): string[] {
  return [
    `--max-old-space-size=${memoryLimitMb}`,
    `--max-semi-space-size=${SEMI_SPACE_MB}`,
    ...(access ? permissionFlags(access) : []),
  ];
}
