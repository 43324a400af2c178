import type { PluginStatus } from '@stagedoor/loader';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle, type FixtureOptions } from '../support/bundles';
import { patience } from '../support/patience';
import { startPortal, type Portal } from '../support/portal';
import { pluginsOf, untilState } from '../support/portalPlugins';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { full, report } from './size';
import { traffic, type Committed, type Traffic } from './traffic';

const IDS = ['blue', 'green'];
const UPGRADES = full ? 50 : 4;
const PER_SECOND = full ? 500 : 80;
/** More than an upload or a download takes, also on a machine that is busy. */
const DRAIN_MS = 4000;

let portal: Portal | undefined;
afterEach(async () => {
  await portal?.stop();
  portal = undefined;
});

const nameOf = (id: string): string => `${id}-dynamic`;

/** A build of the fixture as the bundle of a plugin id, as version 1.<minor>.0. */
async function build(id: string, minor: number, options: FixtureOptions = {}): Promise<string> {
  return await fixtureBundle(await tempDir(), 'blue-green', {
    ...options,
    version: `1.${minor}.0`,
    packageJson: { name: nameOf(id), pluginId: id, ...options.packageJson },
  });
}

/** A portal with both units, version 1.0.0. */
async function startWithUnits(dynamicPlugins: Record<string, unknown>): Promise<Committed> {
  const running = await startPortal({ config: { dynamicPlugins } });
  portal = running;
  for (const id of IDS) {
    await dropFolder(await build(id, 0), running.root, id);
    await untilState(running, nameOf(id), 'running', '1.0.0');
  }
  return new Map(IDS.map((id) => [id, 0]));
}

/** Drops the next version of a unit and waits until it serves. */
async function upgrade(id: string, minor: number, committed: Committed): Promise<void> {
  await dropFolder(await build(id, minor), portal!.root, id);
  await untilState(portal!, nameOf(id), 'running', `1.${minor}.0`);
  committed.set(id, minor);
}

async function withCode(code: string): Promise<PluginStatus | undefined> {
  return (await pluginsOf(portal!)).find((status) => status.name === nameOf('blue') && status.code === code);
}

function expectAllWell({ faults, answers }: Traffic): void {
  expect(faults).toEqual([]);
  expect(Math.min(...Object.values(answers))).toBeGreaterThan(0);
  // The load was one, even where many things run on the machine.
  expect(answers.requests).toBeGreaterThan(PER_SECOND);
}

describe('Under load over kept connections, with slow uploads, downloads and endless streams', () => {
  test(`${UPGRADES} upgrades fail, misroute and break off nothing`, { timeout: patience.longTestMs }, async () => {
    const committed = await startWithUnits({ drainTimeout: DRAIN_MS });
    const result = await traffic(portal!.port, PER_SECOND, committed, DRAIN_MS, async () => {
      for (let minor = 1; minor <= UPGRADES; minor++) {
        const id = IDS[minor % IDS.length]!;
        await upgrade(id, minor, committed);
      }
      await sleep(DRAIN_MS + 1000);
    });
    const { faults, ...figures } = result;
    report(`${UPGRADES} upgrades under load`, { ...figures, faults: faults.length });
    expectAllWell(result);
    expect(result.endedStreams).toBeGreaterThanOrEqual(IDS.length);
  });

  const tamper = async (dir: string): Promise<void> => {
    const file = join(dir, 'index.cjs');
    await writeFile(file, (await readFile(file, 'utf8')).replace('// Plugin id', '// plugin id'));
  };
  const stages: Array<{
    stage: string;
    code: string;
    options?: FixtureOptions;
    after?: (dir: string) => Promise<void>;
  }> = [
    { stage: 'stage', code: 'DIGEST_MISMATCH', after: tamper },
    {
      stage: 'validate',
      code: 'PEER_UNSATISFIED',
      options: { shared: { '@backstage/backend-plugin-api': '^99.0.0' } },
    },
    { stage: 'load', code: 'LOAD_FAILED', options: { packageJson: { fault: 'load' } } },
    { stage: 'register', code: 'REGISTER_FAILED', options: { packageJson: { fault: 'register' } } },
    { stage: 'init', code: 'INIT_FAILED', options: { packageJson: { fault: 'init' } } },
    { stage: 'init, by hanging in it', code: 'START_TIMEOUT', options: { packageJson: { fault: 'hang' } } },
  ];
  test(
    'an upgrade that fails in any stage leaves the old version serving',
    { timeout: patience.longTestMs },
    async () => {
      const committed = await startWithUnits({ drainTimeout: DRAIN_MS, startTimeout: '10s' });
      const result = await traffic(portal!.port, PER_SECOND, committed, DRAIN_MS, async () => {
        await upgrade('blue', 1, committed);
        for (const [index, { stage, code, options, after }] of stages.entries()) {
          const dir = await build('blue', 2 + index, options);
          await after?.(dir);
          await dropFolder(dir, portal!.root, 'blue');
          const status = await waitFor(`the fault in ${stage}`, () => withCode(code));
          expect([stage, status.code, status.loaded?.version]).toEqual([stage, code, '1.1.0']);
        }
      });
      expectAllWell(result);
      expect((await (await portal!.fetch('/api/blue/who')).json()) as unknown).toEqual({ who: 'blue@1.1.0' });
    },
  );
});
