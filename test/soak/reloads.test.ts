import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, onTestFinished } from 'vitest';
import { dropFolder } from '../support/bundles';
import { HELLO, helloBundle } from '../support/hello';
import { patience } from '../support/patience';
import { startPortal, type Portal } from '../support/portal';
import { untilState } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { heldBy, probeEnvironment, type Held } from './probe';
import { full, report } from './size';

/** Before the first look: caches fill, code is compiled. */
const WARM_UP = full ? 10 : 6;
const RELOADS = full ? 200 : 16;
const MEGABYTE = 1024 * 1024;
const GROWTH_LIMIT = 20 * MEGABYTE;

/** Every second one is an upgrade to the other version, every second one a reload of the same. */
async function reload(portal: Portal, token: string, bundles: string[], round: number): Promise<void> {
  if (round % 2 === 0) {
    const version = `1.0.${(round / 2) % 2}`;
    await dropFolder(bundles[(round / 2) % 2]!, portal.root, 'hello');
    await untilState(portal, HELLO, 'running', version);
  } else {
    const path = `/api/dynamic-plugins/v1/plugins/${encodeURIComponent(HELLO)}/reload`;
    const response = await portal.fetch(path, { method: 'POST', token });
    expect([200, 202]).toContain(response.status);
    await response.arrayBuffer();
    await untilState(portal, HELLO, 'running');
  }
  const ping = await portal.fetch('/api/hello/ping');
  expect(ping.status).toBe(200);
  await ping.arrayBuffer();
}

async function stagedCopies(portal: Portal): Promise<number> {
  const shelf = join(portal.stateDir, 'staged');
  const copies = await Promise.all((await readdir(shelf)).map((name) => readdir(join(shelf, name))));
  return copies.flat().length;
}

/** What is open towards clients comes and goes with them. */
function withoutSockets({ resources }: Held): Record<string, number> {
  return Object.fromEntries(Object.entries(resources).filter(([name]) => !/^(TCP|HTTP)/.test(name)));
}

test(`${RELOADS} reloads of a plugin leave nothing behind`, { timeout: patience.longTestMs }, async () => {
  const dir = await tempDir();
  const file = join(dir, 'held.json');
  const bundles = [await helloBundle(dir, '1.0.0'), await helloBundle(dir, '1.0.1')];
  const portal = await startPortal({ config: { dynamicPlugins: { drainTimeout: '1s' } }, env: probeEnvironment(file) });
  onTestFinished(async () => void (await portal.stop()));
  const token = await portal.guestToken();
  for (let round = 0; round < WARM_UP; round++) await reload(portal, token, bundles, round);
  // Staged copies are collected every five seconds.
  await sleep(7000);
  const before = await heldBy(portal, file);
  for (let round = WARM_UP; round < WARM_UP + RELOADS; round++) await reload(portal, token, bundles, round);
  await waitFor('staged copies to be removed', async () => (await stagedCopies(portal)) <= 2);
  const after = await heldBy(portal, file);
  const growth = after.heapUsed - before.heapUsed;
  report(`${RELOADS} reloads`, {
    heapGrowthMb: Math.round((growth / MEGABYTE) * 10) / 10,
    heapMb: Math.round(after.heapUsed / MEGABYTE),
    rssMb: [before, after].map(({ rss }) => Math.round(rss / MEGABYTE)),
    resources: [before, after].map(({ resources }) => resources),
    modules: [before.modules, after.modules],
  });
  expect(growth).toBeLessThanOrEqual(GROWTH_LIMIT);
  expect(after.listeners).toEqual(before.listeners);
  expect(after.modules).toBeLessThanOrEqual(before.modules);
  for (const [name, count] of Object.entries(withoutSockets(after))) {
    // Timers that tick at the moment differ by a few; a leak would be one for each reload.
    expect([name, count <= (before.resources[name] ?? 0) + 5]).toEqual([name, true]);
  }
});
