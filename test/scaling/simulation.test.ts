import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { versionsIn } from '../cli/install/installSupport';
import { patience } from '../support/patience';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { Meter, limitOf, outageOf } from './meter';
import { figuresIn, writeFigures } from './figures';
import { IMAGES, PACKAGES, UPGRADED, startRegistries, type Registries } from './registries';
import { full, startReplicas, type Outcome, type Start } from './replicas';

const MANY = full ? 50 : 3;
const SOME = full ? 10 : 2;
/** Of the bundle of a real plugin, as docs/real-plugins.md has it. */
const KILOBYTES = full ? 2300 : 20;

const all = [...IMAGES, ...PACKAGES];
const outcomes = new Map<string, Outcome>();

// As the pods of one Deployment do: npm run scaling takes the figures of docs/scaling.md, the suite the same in short.
describe('Replicas that start from one registry', { timeout: patience.longTestMs }, () => {
  let dir: string;
  let registries: Registries;
  let meter: Meter;

  beforeAll(async () => {
    dir = await makeTempDir();
    registries = await startRegistries(join(dir, 'bundles'), KILOBYTES);
    meter = new Meter();
  }, patience.longTestMs);

  afterAll(async () => {
    await registries?.stop();
    if (dir) await removeTempDir(dir);
    if (full) await writeFigures(outcomes);
  });

  test('each fetch everything into an empty volume of their own', async () => {
    const { direct } = await registries.fronts(meter);
    const fresh = await start('Empty volumes', { replicas: MANY, place: direct, root: own });
    expect(fresh.restarts).toBe(0);
    expect(fresh.traffic.refused).toBe(0);
    expect(fresh.traffic.requests / MANY).toBe(documented('Empty volumes', fresh));
    await holds(own(MANY - 1));
  });

  test('ask for nothing when they start again with their volumes', async () => {
    const { direct } = await registries.fronts(meter);
    const first = { replicas: SOME, place: direct, root: own };
    await startReplicas(dir, registries, meter, first);
    const again = await start('The same, again', first);
    expect(again.traffic.requests).toBe(0);
  });

  test('fetch one plugin when one was upgraded and they have their volumes', async () => {
    const { direct } = await registries.fronts(meter);
    const first = { replicas: SOME, place: direct, root: own };
    await startReplicas(dir, registries, meter, first);
    const after = await start('One plugin of ten upgraded', { ...first, upgraded: true });
    expect(after.traffic.requests / SOME).toBe(documented('One plugin of ten upgraded', after));
    await holds(own(0), '1.1.0');
  });

  test('fetch everything once where they share a volume', async () => {
    const { direct } = await registries.fronts(meter);
    const root = () => join(dir, 'shared');
    const shared = await start('One volume for all', { replicas: MANY, place: direct, root });
    expect(shared.traffic.requests).toBe(figuresIn('Empty volumes'));
    await holds(root());
  });

  test('hardly burden the registry behind caches that one replica has filled', async () => {
    await clear();
    const { cached } = await registries.fronts(meter);
    const { stop, ...place } = await cached();
    try {
      const first = await startReplicas(dir, registries, meter, { replicas: 1, place, root: own });
      await clear();
      const behind = await start('Empty volumes, behind caches', { replicas: MANY, place, root: own });
      expect(behind.traffic.bytes).toBeLessThan(first.traffic.bytes / 2);
      for (let replica = 0; replica < MANY; replica++) await holds(own(replica));
    } finally {
      await stop();
    }
  });

  test('all start from registries that take a limited number of requests in a second', async () => {
    await clear();
    const { direct } = await registries.fronts(meter);
    meter.refuse = limitOf(20);
    const limited = await start('Limited to 20 requests in a second', { replicas: SOME, place: direct, root: own });
    expect(limited.traffic.refused).toBeGreaterThan(0);
    for (let replica = 0; replica < SOME; replica++) await holds(own(replica));
  });

  test('all start though the registries fail for a while', async () => {
    await clear();
    const { direct } = await registries.fronts(meter);
    meter.refuse = outageOf(full ? 5000 : 1000);
    const failing = await start('Out of order for 5 seconds', { replicas: SOME, place: direct, root: own });
    expect(failing.traffic.refused).toBeGreaterThan(0);
    for (let replica = 0; replica < SOME; replica++) await holds(own(replica));
  });

  async function start(name: string, what: Start): Promise<Outcome> {
    const outcome = await startReplicas(dir, registries, meter, what);
    meter.refuse = () => undefined;
    // A test that fails publishes nothing.
    onTestFinished(({ task }) => void (task.result?.state === 'pass' && outcomes.set(name, outcome)));
    return outcome;
  }

  function own(replica: number): string {
    return join(dir, 'roots', String(replica));
  }

  /** New volumes for all. */
  async function clear(): Promise<void> {
    await rm(join(dir, 'roots'), { recursive: true, force: true });
  }
});

/** Requests of each replica: what docs/scaling.md says, where these are not the figures for it. */
function documented(name: string, { traffic, replicas }: Outcome): number {
  return full ? traffic.requests / replicas : figuresIn(name);
}

async function holds(root: string, ofUpgraded = '1.0.0'): Promise<void> {
  const expected = all.map((name) => [name, name === UPGRADED ? ofUpgraded : '1.0.0']);
  expect(await versionsIn(root)).toEqual(Object.fromEntries(expected));
}
