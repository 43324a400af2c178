import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

const CONNECTIONS = 16;
/** What else runs on the machine, or beside it, changes a rate by a tenth from second to second, and less from slice to slice. */
const SLICE_MS = 250;

/**
 * Loads several servers for `seconds` each, over kept connections, in turn for a slice of a second: what slows the machine
 * down slows all of them. `urls` by name; gives the requests per second by name. Throws for answers other than 200.
 */
export async function compareRates(urls, seconds) {
  const loads = Object.entries(urls).map(([name, url]) => ({ name, url, agent: agent(), requests: 0, ms: 0 }));
  const turns = Math.ceil((seconds * 1000) / SLICE_MS);
  for (let turn = 0; turn < turns; turn++) {
    for (const load of turn % 2 ? loads : [...loads].reverse()) {
      const began = performance.now();
      load.requests += await slice(load);
      load.ms += performance.now() - began;
    }
  }
  for (const load of loads) load.agent.destroy();
  return Object.fromEntries(loads.map(({ name, requests, ms }) => [name, (1000 * requests) / ms]));
}

function agent() {
  return new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
}

/** Keeps all connections busy for a slice, and waits for what is under way then; gives the number of answers. */
async function slice({ url, agent }) {
  let answers = 0;
  let over = false;
  const ask = async () => {
    while (!over) {
      await answered(url, agent);
      answers++;
    }
  };
  const asking = Promise.all(Array.from({ length: CONNECTIONS }, ask));
  await Promise.race([sleep(SLICE_MS), asking]);
  over = true;
  await asking;
  return answers;
}

function answered(url, agent) {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume();
      if (response.statusCode === 200) response.once('end', resolve);
      else reject(new Error(`${url} answers ${response.statusCode}`));
    }).once('error', reject);
  });
}
