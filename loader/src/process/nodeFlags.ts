import { permissionFlags, type AccessNeeds } from './permissions';

/** What confines a process. */
export interface Confinement {
  needs: AccessNeeds;
  /** The module that each of its threads loads first. */
  preload: string;
}

/**
 * What a process needs at rest counts once for each plugin: a small young generation, which V8 otherwise lets grow to
 * 16 MB twice over, and one helper thread. A plugin that is busy collects garbage a little more often for it.
 */
const SMALL = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/** Flags of Node for the process of a plugin. */
export function nodeFlags(memoryLimitMb: number, confinement: Confinement | undefined): string[] {
  const confined = confinement ? [...permissionFlags(confinement.needs), `--require=${confinement.preload}`] : [];
  return [`--max-old-space-size=${memoryLimitMb}`, ...SMALL, ...confined];
}
