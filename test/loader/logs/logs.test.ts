import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PluginHistory, PluginLogs } from '../../../loader/src/adminApi';
import { LogRings } from '../../../loader/src/logs/logRings';
import { adminApi } from '../../support/adminApi';
import { startBackend } from '../../support/backend';
import { GREETER, drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

test('the log and the history of a plugin say what it did, by whom, and the history survives a restart', async () => {
  const home = await tempDir();
  const backend = await startBackend({ home });
  await drop(backend, 'greeter');
  await backend.until(GREETER, 'running', '1.0.0');
  const api = await adminApi(backend);
  await api.call('POST', `/plugins/${GREETER}/disable`);
  const headers = { authorization: `Bearer ${await backend.token()}` };
  const ask = (query: string): Promise<Response> =>
    fetch(`${backend.url}/api/dynamic-plugins/v1/plugins/${GREETER}/logs?${query}`, { headers });
  const { lines } = (await (await ask('level=info&search=RUNNING')).json()) as PluginLogs;
  expect(lines).toMatchObject([{ version: '1.0.0', source: 'portal', message: `${GREETER}@1.0.0: running` }]);
  expect((await ask('level=loud')).status).toBe(422);
  const told = [
    { kind: 'disable', from: '1.0.0', by: 'user:development/guest', outcome: 'succeeded' },
    { kind: 'install', to: '1.0.0', outcome: 'succeeded' },
  ];
  expect((await api.call<PluginHistory>('GET', `/plugins/${GREETER}/history`)).body.items).toMatchObject(told);
  await backend.stop();

  const second = await startBackend({ home });
  await second.until(GREETER, 'disabled');
  const later = await (await adminApi(second)).call<PluginHistory>('GET', `/plugins/${GREETER}/history`);
  expect(later.body.items).toMatchObject(told);
  await second.stop();

  await writeFile(join(second.stateDir, 'history.json'), '{');
  const third = await startBackend({ home });
  expect(third.logs.join('\n')).toContain('STATE_FILE_DAMAGED');
  expect(await readFile(join(third.stateDir, 'history.json.damaged'), 'utf8')).toBe('{');
});

test('the lines of a plugin are bounded in number, and the latest are kept', () => {
  const rings = new LogRings();
  for (let line = 0; line < 3000; line++)
    rings.add('a', '1.0.0', { level: 'info', source: 'logger', message: `${line}` });
  expect(rings.of('a')).toHaveLength(1000);
  expect(rings.of('a').at(-1)!.message).toBe('2999');
  for (const version of ['2.0.0', '3.0.0'])
    rings.add('a', version, { level: 'info', source: 'logger', message: 'x'.repeat(9000) });
  expect(new Set(rings.of('a').map(({ version }) => version))).toEqual(new Set(['2.0.0', '3.0.0']));
  expect(rings.of('a')[0]!.message.length).toBe(8193);
});
