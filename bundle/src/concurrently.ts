/** Enough to keep the file system busy, few enough for the open-file limit. */
const LIMIT = 16;

/**
 * Runs `work` for every item, at most `limit` at a time; results in the order of the items. After a fault no further work
 * begins; rejects with the first one, when all that had begun has ended: who cleans up then is alone.
 */
export async function concurrently<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  limit = LIMIT,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const faults: unknown[] = [];
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length && faults.length === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index]!);
      } catch (fault) {
        faults.push(fault);
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (faults.length > 0) throw faults[0];
  return results;
}
