import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { slowdown } from '../support/slowdown';
import { develop, saveNumber, untilNumber, type Development } from './devSupport';

const BUDGET_MS = 500;
const SAVES = 5;

it('What is saved answers in the portal within half a second, by the median', async () => {
  const development = await develop(['hello-dynamic-backend']);
  onTestFinished(development.end);
  const medians: number[] = [];
  // The best of four: others may be at work on this machine.
  while (medians.length < 4 && !medians.some((median) => median <= BUDGET_MS)) {
    const first = medians.length * SAVES;
    medians.push(await medianOfSaves(development, first));
  }
  console.info(`medians of save to answer, ms: ${medians.map(Math.round).join(' ')}`);
  expect(Math.min(...medians)).toBeLessThanOrEqual(BUDGET_MS);
}, 120_000);

/** In milliseconds of a machine that does nothing else. */
async function medianOfSaves(development: Development, first: number): Promise<number> {
  const times: number[] = [];
  for (let number = first; number < first + SAVES; number++) {
    // Between saves the test host gets its turn.
    await sleep(2500);
    const slower = slowdown();
    await saveNumber(development, number);
    times.push((await untilNumber(development, number, performance.now())) / slower);
  }
  return times.sort((a, b) => a - b)[Math.floor(SAVES / 2)]!;
}
