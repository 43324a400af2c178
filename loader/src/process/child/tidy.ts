import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const QUIET_MS = 1000;
/** More than this takes long enough to collect that a request which comes meanwhile would notice, in bytes. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Less than this is not worth it, in bytes. */
const LEAST_GROWTH_BYTES = 4 * 1024 * 1024;

/**
 * Collects garbage once a process has come to rest: V8 does so only when something is allocated, and a process that
 * waits would keep what its start, or its last busy time, left behind. Returns what to call at each request.
 */
export function tidyAtRest(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let active = true;
  let kept = 0;
  setInterval(() => {
    const wasActive = active;
    active = false;
    const { heapUsed } = process.memoryUsage();
    if (wasActive || heapUsed > MOST_BYTES || heapUsed - kept < LEAST_GROWTH_BYTES) return;
    // What the first round frees, the second gives back to the system.
    collect();
    collect();
    kept = process.memoryUsage().heapUsed;
  }, QUIET_MS).unref();
  return () => {
    active = true;
  };
}
