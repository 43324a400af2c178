import { packBundle } from '@stagedoor/bundle';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Drop } from '../../../loader/src/scan/drop';
import { PROMPT_TIMES, SETTLE_TIMES, quiet, settle, type SettleTimes } from '../../../loader/src/scan/settle';
import { fixtureBundle } from '../../support/bundles';
import { tempDir } from '../../support/tempDir';

/** How long has been slept, in milliseconds; no time passes but what is slept. */
const slept = vi.hoisted(() => ({ ms: 0 }));

vi.mock('node:timers/promises', async (original) => ({
  ...(await original<object>()),
  setTimeout: async (ms: number) => {
    // No timer is quicker than a millisecond.
    const passed = Math.ceil(ms);
    slept.ms += passed;
    vi.setSystemTime(Date.now() + passed);
  },
}));

beforeEach(() => {
  slept.ms = 0;
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
});

/** A drop that has just been written: the clock stands where the last of its files was. */
async function written(drop: Drop): Promise<Drop> {
  vi.setSystemTime(vi.getRealSystemTime());
  return drop;
}

async function folder(options: Parameters<typeof fixtureBundle>[2] = {}): Promise<Drop> {
  return await written({
    kind: 'folder',
    entry: 'greeter',
    path: await fixtureBundle(await tempDir(), 'greeter', options),
  });
}

async function waited(drop: Drop, times: SettleTimes): Promise<number> {
  expect(await settle(drop, undefined, times)).not.toBe('');
  return slept.ms;
}

describe('A drop that was just written', () => {
  test('is read at once where all files of its manifest are there, and takes effect after 50 ms of quiet', async () => {
    const drop = await folder();
    const seen = await settle(drop, undefined, PROMPT_TIMES);
    expect(slept.ms).toBe(0);
    expect(await quiet(drop, seen, PROMPT_TIMES.quietMs)).toBe(seen);
    expect(slept.ms).toBeGreaterThan(0);
    expect(slept.ms).toBeLessThanOrEqual(50);
  });

  test('settles at once where it is as it was when it had settled before', async () => {
    const drop = await folder({ sealed: false });
    const seen = await settle(drop);
    slept.ms = 0;
    vi.setSystemTime(vi.getRealSystemTime());
    expect(await settle(drop, seen)).toBe(seen);
    expect(slept.ms).toBe(0);
  });

  test('waits for 250 ms of quiet where what was read of it was wrong', async () => {
    expect(await waited(await folder(), SETTLE_TIMES)).toBeCloseTo(250, -2);
  });

  test('waits for 50 ms of quiet where it is an archive: only reading it tells whether all of it is there', async () => {
    const path = join(await tempDir(), 'greeter.tgz');
    await packBundle(await fixtureBundle(await tempDir(), 'greeter'), path);
    const ms = await waited(await written({ kind: 'archive', entry: 'greeter.tgz', path }), PROMPT_TIMES);
    expect(ms).toBeGreaterThan(0);
    expect(ms).toBeLessThanOrEqual(50);
  });

  test('waits for a second of quiet where it has no manifest', async () => {
    expect(await waited(await folder({ sealed: false }), PROMPT_TIMES)).toBeCloseTo(1000, -2);
  });

  test('waits for ten seconds of quiet where a file of its manifest is missing', async () => {
    const drop = await folder();
    await rm(join(drop.path, 'index.cjs'));
    expect(await waited(await written(drop), PROMPT_TIMES)).toBeCloseTo(10_000, -2);
  });
});
