import { packName } from '@stagedoor/bundle';
import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dropFolder, fixtureBundle } from '../support/bundles';
import { holdRequest } from '../support/heldRequest';
import { HELLO, helloBundle } from '../support/hello';
import { startPortal, type Portal } from '../support/portal';
import { pluginsOf, untilGone, untilState } from '../support/portalPlugins';
import { makeTempDir, removeTempDir } from '../support/tempDir';
import { waitFor } from '../support/waitFor';

let portal: Portal;
let dir: string;

beforeAll(async () => {
  dir = await makeTempDir();
  [portal] = await Promise.all([
    startPortal({ dir: join(dir, 'portal'), config: { hello: { greeting: 'Hi' } } }),
    exportAll(),
  ]);
});
afterAll(async () => {
  await portal?.stop();
  await removeTempDir(dir);
});

async function exportAll(): Promise<void> {
  await Promise.all([helloBundle(dir, '1.0.0'), helloBundle(dir, '2.0.0')]);
  await helloBundle(dir, '3.0.0', '--pack');
}

/** Drops hello as a folder and waits until that version serves. */
async function drop(version: string): Promise<void> {
  await dropFolder(join(dir, `hello-${version}`), portal.root, 'hello');
  await untilState(portal, HELLO, 'running', version);
}

async function ping(): Promise<unknown> {
  return await (await portal.fetch('/api/hello/ping')).json();
}

async function addThing(name: string): Promise<void> {
  const body = JSON.stringify({ name });
  const headers = { 'content-type': 'application/json' };
  expect((await portal.fetch('/api/hello/things', { method: 'POST', token: true, headers, body })).status).toBe(201);
}

async function things(): Promise<string[]> {
  const response = await portal.fetch('/api/hello/things', { token: true });
  return ((await response.json()) as { things: Array<{ name: string }> }).things.map(({ name }) => name);
}

describe('the exported hello bundle', () => {
  test('serves once its folder is dropped into the running portal', async () => {
    expect((await portal.fetch('/api/hello/ping')).status).toBe(404);
    await drop('1.0.0');
    expect(await ping()).toEqual({ message: 'Hi', version: '1.0.0' });
    expect((await portal.fetch('/api/hello/things')).status).toBe(401);
    const me = await portal.fetch('/api/hello/me', { token: true });
    expect(await me.json()).toMatchObject({ userEntityRef: 'user:development/guest' });
  });

  test('keeps its rows through an upgrade and a downgrade', async () => {
    await addThing('before');
    await drop('2.0.0');
    expect(await ping()).toMatchObject({ version: '2.0.0' });
    await addThing('between');
    await drop('1.0.0');
    expect(await ping()).toMatchObject({ version: '1.0.0' });
    await addThing('after');
    expect(await things()).toEqual(['before', 'between', 'after']);
  });

  test('is upgraded by an archive beside the folder', async () => {
    const archive = `${packName(HELLO)}-3.0.0.tgz`;
    expect(await readdir(dir)).toContain(archive);
    await copyFile(join(dir, archive), join(portal.root, archive));
    await untilState(portal, HELLO, 'running', '3.0.0');
    expect(await ping()).toMatchObject({ version: '3.0.0' });
    expect(await things()).toHaveLength(3);
    await rm(join(portal.root, archive));
    await untilState(portal, HELLO, 'running', '1.0.0');
  });

  test('answers 404 after its removal, and has its rows when it comes back', async () => {
    await rm(join(portal.root, 'hello'), { recursive: true });
    await waitFor('hello to be gone', async () => (await portal.fetch('/api/hello/ping')).status === 404);
    await untilGone(portal, HELLO);
    expect((await portal.fetch('/api/hello/things', { token: true })).status).toBe(404);
    expect(await pluginsOf(portal)).toEqual([]);
    await drop('2.0.0');
    expect(await things()).toEqual(['before', 'between', 'after']);
  });
});

describe('the portal', () => {
  test('ends on SIGTERM with code 0, after the request in flight and the shutdown hooks of its plugins', async () => {
    await dropFolder(await fixtureBundle(dir, 'greeter'), portal.root, 'greeter');
    await untilState(portal, 'greeter-dynamic', 'running');
    const { answer, release } = await holdRequest({ get: portal.fetch });
    const exited = portal.stop('SIGTERM');
    const readiness = async (): Promise<number> => (await portal.fetch('/.backstage/health/v1/readiness')).status;
    await waitFor('the portal to stop', async () => (await readiness()) === 503);
    release();
    const response = await answer;
    expect([response.status, await response.json()]).toEqual([200, { version: '1.0.0' }]);
    expect(await exited).toEqual({ code: 0, signal: null });
    expect(portal.logs()).toContain('greeter 1.0.0 has stopped');
  });

  test('serves its bundles as soon as it is ready after a restart', async () => {
    portal = await startPortal({ dir: portal.dir });
    const answers = await Promise.all([portal.fetch('/api/greeter/version'), portal.fetch('/api/hello/ping')]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(await things()).toEqual(['before', 'between', 'after']);
    const states = (await pluginsOf(portal)).map(({ name, state, loaded }) => [name, state, loaded?.version]);
    expect(states).toEqual([
      [HELLO, 'running', '2.0.0'],
      ['greeter-dynamic', 'running', '1.0.0'],
    ]);
  });
});
