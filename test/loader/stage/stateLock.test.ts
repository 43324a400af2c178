import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ownHolder } from '../../../loader/src/stage/lockHolder';
import { lockState } from '../../../loader/src/stage/stateLock';
import { StateFile } from '../../../loader/src/lifecycle/stateFile';
import { startProcess } from '../../support/childProcess';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

let dir: string;
let file: string;

beforeEach(async () => {
  dir = join(await tempDir(), 'state');
  file = join(dir, 'lock.json');
  await mkdir(dir);
});

/** A lock that was last touched so many seconds ago. */
async function lockedBy(holder: unknown, secondsAgo: number): Promise<void> {
  await writeFile(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const at = new Date(Date.now() - secondsAgo * 1000);
  await utimes(file, at, at);
}

/** Another process of this machine, as it would write itself into a lock. */
async function otherProcess() {
  const other = startProcess('sleep', ['600']);
  onTestFinished(async () => void (await other.stop()));
  const stat = await readFile(`/proc/${other.pid}/stat`, 'utf8');
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return { other, holder: { ...ownHolder(), pid: other.pid, started } };
}

describe('the lock of a state directory', () => {
  test('stays with a process that is seen to live, however long it stood still', async () => {
    const { other, holder } = await otherProcess();
    await lockedBy(holder, 3600);
    await expect(lockState(dir)).rejects.toMatchObject({ code: 'STATE_DIRECTORY_IN_USE' });
    await other.stop();
    (await lockState(dir)).release();
  });

  test('goes at once where another process has got the number of its holder', async () => {
    const { holder } = await otherProcess();
    await lockedBy({ ...holder, started: '1' }, 0);
    (await lockState(dir)).release();
  });

  test('goes at once to this process in its next life', async () => {
    await lockedBy({ pid: process.pid, host: hostname() }, 0);
    (await lockState(dir)).release();
  });

  test('goes when it is stale where its holder cannot be seen', async () => {
    await lockedBy({ pid: 1, host: 'elsewhere', place: 'elsewhere', started: '1' }, 3600);
    (await lockState(dir)).release();
  });

  test('is not taken from who is just writing it, and goes when nobody ends that', async () => {
    await lockedBy('', 8);
    const began = Date.now();
    (await lockState(dir)).release();
    expect(Date.now() - began).toBeGreaterThan(1000);
  });

  test('is left alone, and told of once, when another process has taken it', async () => {
    const lost = vi.fn();
    const lock = await lockState(dir, lost);
    await lockedBy({ pid: 1, host: 'elsewhere' }, 0);
    await waitFor('word of it', async () => lost.mock.calls.length > 0);
    expect(lost.mock.calls[0]).toMatchObject([{ code: 'STATE_DIRECTORY_IN_USE' }]);
    lock.release();
    expect(await readFile(file, 'utf8')).toContain('elsewhere');
  });
});

test('A holder that stood still and lost its state directory to another machine writes nothing there any more.', async () => {
  const lock = await lockState(dir);
  onTestFinished(() => lock.release());
  const state = await StateFile.open(dir, { assertHeld: () => lock.assertHeld(), onDamage: () => {} });
  await state.update('a', { disabled: { since: 'then', by: 'user:default/olga' } });
  const before = await readFile(join(dir, 'plugins.json'), 'utf8');
  await lockedBy({ pid: 1, host: 'another-machine' }, 0);
  const update = state.update('a', { disabled: undefined });
  await expect(update).rejects.toMatchObject({ code: 'STATE_DIRECTORY_IN_USE' });
  expect(await readFile(join(dir, 'plugins.json'), 'utf8')).toBe(before);
  expect(state.get('a').disabled).toBeDefined();
});
