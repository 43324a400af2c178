import { packBundle } from '@stagedoor/bundle';
import { readFile, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startProcess, type ChildProcess } from '../support/childProcess';
import { serve } from '../support/serve';
import { tempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';
import { bin } from './exportSupport';
import { namedBundle, versionsIn } from './installSupport';

it('The lock of an install that was killed is taken over within a second by the one that waits for it', async () => {
  const dir = await tempDir();
  const { file, integrity } = await packBundle(await namedBundle('p1', '1.0.0'), join(dir, 'p1.tgz'));
  const asked: Array<{ at: number; response: ServerResponse }> = [];
  const address = await serve((_, response) => void asked.push({ at: performance.now(), response }));
  const plugins = [{ package: `${address}/p1.tgz`, integrity }];
  await writeFile(join(dir, 'dynamic-plugins.yaml'), JSON.stringify({ plugins }));
  const start = (): ChildProcess => {
    const child = startProcess(process.execPath, [bin, 'install', 'root'], { cwd: dir });
    onTestFinished(async () => void (await child.stop('SIGKILL')));
    return child;
  };
  /** Only who holds the lock asks for anything. */
  const holds = async (count: number): Promise<void> =>
    void (await waitFor('the holder to fetch', () => Promise.resolve(asked.length >= count), 20_000));

  const times: number[] = [];
  let holder = start();
  await holds(1);
  for (let round = 1; round <= 3; round++) {
    const waiting = start();
    await waitFor('the other to wait', () => Promise.resolve(waiting.stderr().includes('waiting')), 20_000);
    expect([asked.length, waiting.exit()]).toEqual([round, undefined]);
    const killed = performance.now();
    expect(await holder.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    await holds(round + 1);
    times.push(asked.at(-1)!.at - killed);
    holder = waiting;
  }
  times.sort((a, b) => a - b);
  console.info(`kill to takeover, ms: ${times.map(Math.round).join(' ')}`);
  expect(times[1]).toBeLessThan(1000);

  asked.at(-1)!.response.end(await readFile(file));
  expect(await holder.exited, holder.output()).toMatchObject({ code: 0 });
  expect(await versionsIn(join(dir, 'root'))).toEqual({ p1: '1.0.0' });
});
