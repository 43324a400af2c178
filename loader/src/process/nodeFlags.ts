import { permissionFlags, type AccessNeeds } from './permissions';

/** Confinement of a process. */
export interface Confinement {
  needs: AccessNeeds;
  /** The module that each of its threads loads first. */
  preload: string;
}

/**
 * The memory of an idle process is multiplied by the number of plugins: a small young generation, which V8 otherwise lets
 * grow to twice 16 MB, and one helper thread. A busy plugin collects garbage slightly more often in return.
 */
const SMALL = ['--max-semi-space-size=1', '--v8-pool-size=1'];

/** Flags of Node for the process of a plugin. */
export function nodeFlags(memoryLimitMb: number, confinement: Confinement | undefined): string[] {
  const confined = confinement ? [...permissionFlags(confinement.needs), `--require=${confinement.preload}`] : [];
  return [`--max-old-space-size=${memoryLimitMb}`, ...SMALL, ...confined];
}
