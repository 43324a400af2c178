import { patience } from './patience';

/** Asks until the answer is truthy; throws with the last answer or error when `timeoutMs` are over. */
export async function waitFor<T>(
  what: string,
  ask: () => Promise<T | undefined | false>,
  timeoutMs = patience.effectMs,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  let pauseMs = 25;
  while (Date.now() < deadline) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    // Asking costs the time of the processor that the answer waits for.
    pauseMs = Math.min(pauseMs * 1.5, 100);
  }
  throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`, { cause: last });
}
