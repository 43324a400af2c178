import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { statusOf } from './requests.mjs';

const CONNECTIONS = 16;
/** What else runs on the machine, or beside it, changes a rate by a tenth from second to second, and less from slice to slice. */
const SLICE_MS = 250;

/**
 * Loads several servers for `seconds` each, over kept connections, in turn for a slice of a second: what slows the machine
 * down slows all of them. `urls` by name; gives the number of requests and how many that is per second, by name. Throws for
 * answers other than 200.
 */
export async function compareLoads(urls, seconds) {
  const loads = Object.entries(urls).map(([name, url]) => {
    return { name, url, agent: new Agent({ keepAlive: true, maxSockets: CONNECTIONS }), requests: 0, ms: 0 };
  });
  const turns = Math.ceil((seconds * 1000) / SLICE_MS);
  for (let turn = 0; turn < turns; turn++) {
    for (const load of turn % 2 ? loads : [...loads].reverse()) {
      const began = performance.now();
      load.requests += await slice(load);
      load.ms += performance.now() - began;
    }
  }
  for (const load of loads) load.agent.destroy();
  return Object.fromEntries(
    loads.map(({ name, requests, ms }) => [name, { requests, perSecond: (1000 * requests) / ms }]),
  );
}

/** Keeps all connections busy for a slice, and waits for what is under way then; gives the number of answers. */
async function slice({ url, agent }) {
  const until = performance.now() + SLICE_MS;
  let answers = 0;
  const ask = async () => {
    while (performance.now() < until) {
      const status = await statusOf(url, agent);
      if (status !== 200) throw new Error(`${url} answers ${status}`);
      answers++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, ask));
  return answers;
}
