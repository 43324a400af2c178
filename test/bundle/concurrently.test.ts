import { concurrently } from '@stagedoor/bundle';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';

test('Work at once gives its results in the order of the items', async () => {
  const results = await concurrently([30, 10, 20], async (ms) => (await sleep(ms), ms), 2);
  expect(results).toEqual([30, 10, 20]);
});

test('After a fault no more work begins, and what had begun is waited for', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = concurrently(
    [50, 10, 30, 5, 5],
    async (ms) => {
      begun.push(ms);
      await sleep(ms);
      ended.push(ms);
      if (ms === 10 || ms === 50) throw new Error(`fault after ${ms} ms`);
    },
    3,
  );
  await expect(work).rejects.toThrow('fault after 10 ms');
  expect(begun).toEqual([50, 10, 30]);
  expect(ended).toEqual([10, 30, 50]);
});
