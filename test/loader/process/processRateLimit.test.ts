import { expect, test } from 'vitest';
import { startIsolating } from '../../support/faulty';
import { GREETER, drop } from '../../support/greeter';
import { redisServer } from '../../support/redisServer';

const LIMIT = { window: '1m', incomingRequestLimit: 3, ipAllowList: [] };

/** The statuses of five requests to a plugin of which three are within its limit. */
async function statuses(rateLimit: object, isolation: string): Promise<number[]> {
  const backend = await startIsolating({ backend: { rateLimit }, dynamicPlugins: { isolation } });
  await drop(backend, 'greeter');
  await backend.until(GREETER, 'running');
  const all: number[] = [];
  while (all.length < 5) all.push((await backend.get('/api/greeter/version')).status);
  return all;
}

test.each(['in-process', 'process'])(
  'A request to a plugin with the isolation `%s` is counted once in a store that portals share.',
  async (isolation) => {
    const redis = await redisServer();
    const store = { type: 'redis', connection: redis.url };
    expect(await statuses({ store, plugin: { greeter: LIMIT } }, isolation)).toEqual([200, 200, 200, 429, 429]);
    expect([...redis.counts.values()]).toEqual([5]);
  },
);

test('A limit that each portal counts for itself holds for a plugin in a process, too.', async () => {
  expect(await statuses({ plugin: { greeter: LIMIT } }, 'process')).toEqual([200, 200, 200, 429, 429]);
});
