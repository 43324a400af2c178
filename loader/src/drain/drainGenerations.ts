import type { ReplacedGeneration } from '../swap/swapUnit';

/**
 * Drain: replaced generations finish their requests, at most for the drain timeout, run their shutdown hooks and stop, all
 * concurrently. Never rejects: the new generations do not depend on how the old ones end.
 */
export async function drainGenerations(replaced: readonly ReplacedGeneration[]): Promise<void> {
  await Promise.allSettled(replaced.map(({ old, next }) => old?.retire(next)));
}
