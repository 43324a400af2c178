import type { ReplacedGeneration } from '../swap/swapUnit';

/**
 * Drain: generations that were replaced finish the requests that they have, at most for the drain timeout, run their shutdown
 * hooks and stop, side by side. Never rejects: what serves now does not depend on how they end.
 */
export async function drainGenerations(replaced: readonly ReplacedGeneration[]): Promise<void> {
  await Promise.allSettled(replaced.map(({ old, next }) => old?.retire(next)));
}
