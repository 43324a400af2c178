/** Enough to keep the file system busy, few enough for the open-file limit. */
const LIMIT = 16;

/**
 * Runs `work` for every item, at most `limit` at a time; results are in the order of the items. After an error no further
 * work begins; rejects with the first error once everything that had begun has ended, so that the caller can clean up safely.
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
