import type { StagedoorError } from '@stagedoor/bundle';
import { processEnded, processNotListening, processUnhealthy, processHung, processOutOfMemory } from './errors';

/** Why the portal killed a process, if it did. */
export type KillReason = 'hung' | 'memory' | 'start' | 'stop' | 'unhealthy' | 'not-listening';

/** How the process of a plugin ended. */
export interface ProcessExit {
  reason: 'oom' | 'signal' | 'exit';
  code: number | null;
  signal: NodeJS.Signals | null;
  killedFor?: KillReason;
  /** The end of its stderr. */
  stderr: string;
}

/** V8's message before it aborts because memory is exhausted. */
const OUT_OF_MEMORY = /JavaScript heap out of memory|Reached heap limit|invalid table size|Zone\b.*Allocation failed/;
const ABORTS: ReadonlySet<string | null> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL']);

/** Interprets Node's report of how a process ended. */
export function describeExit(
  code: number | null,
  signal: NodeJS.Signals | null,
  stderr: string,
  killedFor?: KillReason,
): ProcessExit {
  const aborted = ABORTS.has(signal) || code === 134;
  const outOfMemory = killedFor === 'memory' || (aborted && OUT_OF_MEMORY.test(stderr));
  const reason = outOfMemory ? 'oom' : signal ? 'signal' : 'exit';
  return { reason, code, signal, killedFor, stderr };
}

/** The exit as PROCESS_OUT_OF_MEMORY, PROCESS_HUNG, PLUGIN_UNHEALTHY or PROCESS_ENDED. */
export function exitFault(pluginId: string, exit: ProcessExit): StagedoorError {
  const details = { reason: exit.reason, code: exit.code, signal: exit.signal };
  if (exit.reason === 'oom') return processOutOfMemory(pluginId, details);
  if (exit.killedFor === 'hung') return processHung(pluginId, details);
  if (exit.killedFor === 'unhealthy') return processUnhealthy(pluginId, details);
  if (exit.killedFor === 'not-listening') return processNotListening(pluginId, details);
  return processEnded(pluginId, details);
}
