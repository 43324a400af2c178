import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PluginEvent } from '../../../loader/src/lifecycle/eventLog';
import { PLUGIN_STATES } from '../../../loader/src/lifecycle/states';
import { adminApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { openEvents } from '../../support/eventStream';
import { GREETER, drop } from '../../support/greeter';
import { repository } from '../../support/repository';
import { tempDir } from '../../support/tempDir';

/** The arrows of the diagram in loader/README.md. */
async function arrows(): Promise<string[]> {
  const text = await readFile(join(repository, 'loader/README.md'), 'utf8');
  const diagram = /```mermaid\n(.*?)```/s.exec(text)![1]!;
  return [...diagram.matchAll(/^ {2}(\S+) --> (\w+)/gm)].map(([, from, to]) => `${from} --> ${to}`);
}

test('the diagram in the README has every state', async () => {
  const drawn = new Set((await arrows()).flatMap((arrow) => arrow.split(' --> ')));
  expect([...drawn].filter((state) => state !== '[*]').sort()).toEqual([...PLUGIN_STATES].sort());
});

test('the diagram in the README has every transition of a varied life', async () => {
  const home = await tempDir();
  const seen = new Set<string>();
  for (const run of [1, 2]) {
    const backend = await startBackend({ home });
    const stream = await openEvents(backend);
    const { call } = await adminApi(backend);
    const operate = (kind: string) => call('POST', `/plugins/${GREETER}/${kind}`);
    if (run === 2) {
      await backend.until(GREETER, 'disabled');
      await operate('enable');
    }
    await drop(backend, 'greeter-module-word');
    await drop(backend, 'greeter', { version: `${run}.0.0` });
    await backend.until(GREETER, 'running', `${run}.0.0`);
    await drop(backend, 'another-greeter');
    await backend.until('another-greeter-dynamic', 'rejected');
    await rm(join(backend.root, 'another-greeter'), { recursive: true });
    await backend.until('another-greeter-dynamic', 'gone');
    for (const kind of ['reload', 'disable', 'enable']) await operate(kind);
    await drop(backend, 'greeter', { version: `${run}.1.0` });
    await backend.until(GREETER, 'running', `${run}.1.0`);
    await operate('rollback');
    await drop(backend, 'greeter', { version: `${run}.2.0`, packageJson: { main: 'absent.cjs' } });
    await backend.until(GREETER, 'rejected');
    await operate('reload');
    await drop(backend, 'throws-in-init');
    await backend.until('throws-in-init-dynamic', 'failed');
    for (const entry of ['throws-in-init', 'greeter-module-word', ...(run === 2 ? ['greeter'] : [])]) {
      await rm(join(backend.root, entry), { recursive: true });
    }
    await backend.until('throws-in-init-dynamic', 'gone');
    await backend.until('greeter-module-word-dynamic', 'gone');
    if (run === 2) await backend.until(GREETER, 'gone');
    else await operate('disable');
    for (const { event, data } of stream.messages) {
      const { from, state } = data as PluginEvent;
      if (event === 'state') seen.add(`${from ?? '[*]'} --> ${state}`);
    }
    stream.close();
    await backend.stop();
  }
  const drawn = new Set(await arrows());
  expect([...seen].filter((arrow) => !drawn.has(arrow))).toEqual([]);
  expect(seen.size).toBeGreaterThan(15);
});
