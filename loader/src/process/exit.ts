import { StagedoorError } from '@stagedoor/bundle';

/** Why this portal killed a process, where it did. */
export type KillReason = 'hung' | 'memory' | 'start' | 'stop' | 'unhealthy';

/** How the process of a plugin ended. */
export interface ProcessExit {
  reason: 'oom' | 'signal' | 'exit';
  code: number | null;
  signal: NodeJS.Signals | null;
  killedFor?: KillReason;
  /** The last it wrote to stderr. */
  stderr: string;
}

/** What V8 writes before it aborts for want of memory. */
const OUT_OF_MEMORY = /JavaScript heap out of memory|Reached heap limit|invalid table size|Zone\b.*Allocation failed/;
const ABORTS: ReadonlySet<string | null> = new Set(['SIGABRT', 'SIGTRAP', 'SIGILL']);

/** Reads how a process ended from what Node tells. */
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
  const who = `The process of plugin '${pluginId}'`;
  if (exit.reason === 'oom') {
    const said = `${who} ran out of memory.`;
    const hint = `Raise dynamicPlugins.plugins.${pluginId}.memoryLimitMb, or ask the author of the plugin why it needs so much.`;
    return new StagedoorError('PROCESS_OUT_OF_MEMORY', said, { hint, details });
  }
  if (exit.killedFor === 'hung') {
    return new StagedoorError('PROCESS_HUNG', `${who} gave no sign of life for five seconds and was ended.`, {
      details,
    });
  }
  if (exit.killedFor === 'unhealthy') {
    const said = `${who} was ended: its health checks failed three times in a row.`;
    return new StagedoorError('PLUGIN_UNHEALTHY', said, { details });
  }
  const how = exit.signal ? `was ended by ${exit.signal}` : `ended with code ${exit.code}`;
  return new StagedoorError('PROCESS_ENDED', `${who} ${how}.`, { details });
}
