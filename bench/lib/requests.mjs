import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './numbers.mjs';

const TIMEOUT_MS = 60_000;
const POLL_MS = 2;

/** Asks until the answer has the status. */
export async function expectStatus(url, status) {
  const agent = new Agent({ keepAlive: true });
  const deadline = performance.now() + TIMEOUT_MS;
  let last;
  while (performance.now() < deadline) {
    last = await statusOf(url, agent);
    if (last === status) return agent.destroy();
    await sleep(POLL_MS);
  }
  throw new Error(`${url} answers ${last} instead of ${status}`);
}

/** Median of so many requests one after another, in milliseconds. */
export async function latency(url, count) {
  const agent = new Agent({ keepAlive: true });
  const times = [];
  for (let i = 0; i < count; i++) {
    const started = performance.now();
    await statusOf(url, agent);
    times.push(performance.now() - started);
  }
  agent.destroy();
  return median(times);
}

/** Asks once, and gives the status when the whole answer is here. */
export function statusOf(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    }).once('error', reject);
  });
}
