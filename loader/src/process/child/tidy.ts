import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const QUIET_MS = 1000;
/** Collecting more than this, in bytes, would noticeably delay a concurrent request. */
const MOST_BYTES = 128 * 1024 * 1024;
/** Less than this, in bytes, is not worth a collection. */
const LEAST_GROWTH_BYTES = 4 * 1024 * 1024;

/**
 * Collects garbage once a process is idle: V8 collects only when something is allocated, so an idle process would keep the
 * garbage of its start, or of its last busy time. Returns a function to call at each request.
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
    // The second round returns the memory that the first one frees to the system.
    collect();
    collect();
    kept = process.memoryUsage().heapUsed;
  }, QUIET_MS).unref();
  return () => {
    active = true;
  };
}
