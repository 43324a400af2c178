import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { lockState } from '../../../loader/src/stage/stateLock';
import { StateFile } from '../../../loader/src/lifecycle/stateFile';
import { SHORT, holder, otherHost, says } from '../../bundle/lock/lockSupport';
import { tempDir } from '../../support/tempDir';

let dir: string;

beforeEach(async () => {
  dir = join(await tempDir(), 'state');
  await mkdir(dir);
});

test('A state directory is refused to a second portal, with the process that has it, and free when that ends.', async () => {
  const other = holder(join(dir, 'lock'), {});
  await says(other, 'held');
  await expect(lockState(dir)).rejects.toMatchObject({
    code: 'STATE_DIRECTORY_IN_USE',
    message: expect.stringMatching(`Process ${other.pid} on .* already uses ${dir}`) as unknown,
  });
  await other.stop('SIGKILL');
  await (await lockState(dir)).release();
});

test('A portal that stood still and lost its state directory to another machine writes nothing there any more.', async () => {
  const onLost = vi.fn();
  const lock = await lockState(dir, { onLost, times: { ...SHORT, renewMs: 600_000 } });
  onTestFinished(() => lock.release());
  const state = await StateFile.open(dir, { lock, onDamage: () => {} });
  await state.update('a', { disabled: { since: 'then', by: 'user:default/olga' } });
  const before = await readFile(join(dir, 'plugins.json'), 'utf8');
  const other = holder(join(dir, 'lock'), { times: SHORT }, await otherHost());
  await says(other, 'held');
  const update = state.update('a', { disabled: undefined });
  await expect(update).rejects.toMatchObject({ code: 'STATE_DIRECTORY_IN_USE' });
  expect(await readFile(join(dir, 'plugins.json'), 'utf8')).toBe(before);
  expect(state.get('a').disabled).toBeDefined();
  expect(onLost.mock.calls).toMatchObject([[{ code: 'STATE_DIRECTORY_IN_USE' }]]);
});

test('A state directory that cannot be locked says so.', async () => {
  await writeFile(join(dir, 'lock'), '');
  await expect(lockState(dir)).rejects.toMatchObject({ code: 'STATE_UNWRITABLE' });
});
