import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startIsolating } from '../../support/faulty';
import { drop } from '../../support/greeter';
import { attackAll, startIntruder, startVictims } from '../../support/intruder';
import { patience } from '../../support/patience';
import { tempDir } from '../../support/tempDir';

const UNTOUCHED = { tcp: 0, udp: 0, pipe: 0, signals: 0 };

test('A confined process sends no signal to another one, and opens no inspector', async () => {
  const victims = await startVictims();
  const intruder = await startIntruder();
  expect(await attackAll(intruder, 'signal', victims)).toEqual([]);
  expect(victims.reached()).toEqual(UNTOUCHED);
});

test('A confined process connects to nothing on its machine that no setting names', async () => {
  const victims = await startVictims();
  const intruder = await startIntruder([`127.0.0.1:${victims.aim.allowedPort}`]);
  for (const word of ['connect', 'datagram', 'pipe']) expect(await attackAll(intruder, word, victims)).toEqual([]);
  expect(victims.reached()).toEqual(UNTOUCHED);
});

test('A confined process starts no thread that is not confined', async () => {
  const victims = await startVictims();
  const intruder = await startIntruder();
  expect(await attackAll(intruder, 'thread', victims)).toEqual([]);
  expect(victims.reached()).toEqual(UNTOUCHED);
});

test('A confined process has no way into the engine, programs and files that Node itself writes', async () => {
  const victims = await startVictims();
  const intruder = await startIntruder();
  expect(
    await attackAll(intruder, 'engine', { ...victims, aim: { ...victims.aim, directory: intruder.directory } }),
  ).toEqual([]);
});

test('A confined process reaches the portal, and what the operator lists', async () => {
  const { aim, reached } = await startVictims();
  const { port, allowedPort, socket } = aim;
  const { attempt } = await startIntruder([`localhost:${allowedPort}`, socket]);
  const { url } = (await attempt('discovers')) as { url: string };
  expect(await attempt('fetches', { url: `${url}/.well-known/jwks.json` })).toEqual({ done: 200 });
  for (const thread of [false, true]) {
    expect(await attempt('reaches', { host: 'localhost', port: allowedPort }, { thread })).toEqual({
      done: 'connected',
    });
    expect(await attempt('reaches', { path: socket }, { thread })).toEqual({ done: 'connected' });
    expect(await attempt('reaches', { host: 'localhost', port }, { thread })).toMatchObject({ error: 'EACCES' });
    expect(await attempt('listens', {}, { thread })).toEqual({ done: 'connected' });
  }
  expect(reached()).toMatchObject({ tcp: 0, pipe: 2 });
});

test('What holds for all processes holds for a plugin without a list of its own', async () => {
  const { aim } = await startVictims();
  const process = { permissionModel: true, connect: [`127.0.0.1:${aim.allowedPort}`] };
  const { attempt } = await startIntruder(undefined, { dynamicPlugins: { process, plugins: {} } });
  expect(await attempt('reaches', { host: '127.0.0.1', port: aim.allowedPort })).toEqual({ done: 'connected' });
  expect(await attempt('reaches', { host: '127.0.0.1', port: aim.port })).toMatchObject({ error: 'EACCES' });
});

test('A connection that is denied is in the log once for each place, with the setting that would allow it', async () => {
  const { aim } = await startVictims();
  const { attempt, backend } = await startIntruder();
  const place = { host: '127.0.0.1', port: aim.port };
  const outcome = await attempt('reaches', place);
  expect(outcome.message).toContain('dynamicPlugins.plugins.intruder.connect');
  await attempt('reaches', place);
  const lines = (): string[] =>
    backend.logs.filter((line) => line.startsWith('warn') && line.includes(`127.0.0.1:${aim.port}`));
  await expect.poll(lines).toHaveLength(1);
  expect(lines()[0]).toContain('CONNECTION_DENIED');
  expect(lines()[0]).toContain(`add '127.0.0.1:${aim.port}' to dynamicPlugins.plugins.intruder.connect`);
});

test('A confined process has threads as Node gives them', async () => {
  const { attempt } = await startIntruder();
  const sum = {
    online: 1,
    out: 'said in a thread\n',
    sum: 42,
    env: 'x',
    argv: 'last',
    same: true,
    code: 0,
    isWorker: true,
  };
  for (const thread of [false, true]) {
    expect(await attempt('computesInThread', {}, { thread })).toEqual({ done: sum });
    expect(await attempt('failsInThread', {}, { thread })).toEqual({ done: 'RangeError: thrown in a thread' });
    expect(await attempt('endsThread', {}, { thread })).toEqual({ done: 1 });
    expect(await attempt('nestsThread', {}, { thread })).toEqual({ done: 'from the inner one' });
    expect(await attempt('waitsForThread', {}, { thread })).toEqual({ done: 7 });
    expect(await attempt('movesPort', {}, { thread })).toEqual({ done: 'moved' });
    expect(await attempt('givesMuch', { lateMs: patience.effectMs }, { thread })).toEqual({ done: 300_000 });
  }
});

test('Code that is loaded to be inspected has nothing of the plugin that it says it is', async () => {
  const directory = join(await tempDir(), 'data');
  const { aim } = await startVictims(directory);
  const plugins = { auth: { permissionModel: false, connect: [`127.0.0.1:${aim.port}`] } };
  const backend = await startIsolating({
    backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    dynamicPlugins: { process: { permissionModel: true }, plugins },
  });
  const backstage = { role: 'backend-plugin', pluginId: 'auth' };
  for (const [name, error] of [
    ['sqliteOther', 'ERR_ACCESS_DENIED'],
    ['connectPlain', 'EACCES'],
  ]) {
    await drop(backend, 'intruder', {
      packageJson: { backstage, atLoad: { name, aim } },
      version: `1.0.${name!.length}`,
    });
    const told = (): string => backend.logs.filter((line) => line.includes('at load: ')).join('\n');
    await expect.poll(told).toContain(error);
    expect(told()).not.toContain('done');
  }
});

test('A process that is not confined has none of this', async () => {
  const { aim } = await startVictims();
  const { attempt } = await startIntruder(undefined, { dynamicPlugins: { plugins: {} } });
  expect(await attempt('reaches', { host: '127.0.0.1', port: aim.port })).toEqual({ done: 'connected' });
  expect(await attempt('reaches', { path: join(aim.socket) })).toEqual({ done: 'connected' });
});
