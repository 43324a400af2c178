/** Enough to keep the file system busy, few enough for the open-file limit. */
const LIMIT = 16;

/** Runs `work` for every item, at most `limit` at a time; results in the order of the items. Rejects with the first fault. */
export async function concurrently<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  limit = LIMIT,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  async function worker(): Promise<void> {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
