import { performance } from 'node:perf_hooks';
import { median } from './numbers.mjs';

/** Duration in milliseconds. */
export async function timed(action) {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

/** Median duration in milliseconds; the first run, which fills caches, does not count. */
export async function measure(runs, action) {
  await action();
  const times = [];
  for (let i = 0; i < runs; i++) times.push(await timed(action));
  return median(times);
}
