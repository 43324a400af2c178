import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunningBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { startIsolating } from '../../support/faulty';
import { drop } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

/** `calls` runs in a process of its own, `calls-back` in the portal. */
const TWO_PLACES = { plugins: { 'calls-back': { isolation: 'in-process' } } };

describe('a plugin in a process and one in the portal', () => {
  test('call each other, as services and for users', async () => {
    const backend = await startIsolating({ dynamicPlugins: TWO_PLACES });
    await both(backend);
    await callEachOther(backend);
  });

  test('call each other with keys in files of a database that both use', async () => {
    const directory = join(await tempDir(), 'data');
    const backend = await startIsolating({
      dynamicPlugins: TWO_PLACES,
      backend: { database: { client: 'better-sqlite3', connection: { directory } } },
    });
    await both(backend);
    await callEachOther(backend);
  });

  test('both know all plugins as installed', async () => {
    const backend = await startIsolating({ dynamicPlugins: TWO_PLACES });
    await both(backend);
    const answers = await Promise.all(
      ['calls', 'calls-back'].map(async (id) => (await ask(backend, `/api/${id}/installed`)).json()),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toEqual(expect.arrayContaining([{ pluginId: 'calls', modules: [] }]));
    expect(answers[0]).toContainEqual({ pluginId: 'auth', modules: [{ moduleId: 'guest-provider' }] });
  });
});

describe('a session', () => {
  test('by cookie counts in a process as it does in the portal', async () => {
    const backend = await startIsolating({ dynamicPlugins: TWO_PLACES });
    await both(backend);
    for (const id of ['calls', 'calls-back']) {
      expect((await backend.get(`/api/${id}/cookie`)).status).toBe(401);
      const issued = await ask(backend, `/api/${id}/.backstage/auth/v1/cookie`);
      const cookie = issued.headers
        .getSetCookie()
        .map((value) => value.split(';')[0])
        .join('; ');
      const answer = await fetch(`${backend.url}/api/${id}/cookie`, { headers: { cookie } });
      expect(await answer.json()).toMatchObject({ type: 'user', userEntityRef: 'user:development/guest' });
      expect((await fetch(`${backend.url}/api/${id}/whoami`, { headers: { cookie } })).status).toBe(401);
    }
  });

  test('of another portal, or none, does not count', async () => {
    const backend = await startIsolating();
    await drop(backend, 'calls');
    await backend.until('calls-dynamic', 'running');
    const other = await startIsolating();
    for (const authorization of ['', 'Bearer nonsense', `Bearer ${await other.token()}`]) {
      const answer = await fetch(`${backend.url}/api/calls/whoami`, { headers: { authorization } });
      expect(answer.status).toBe(401);
    }
  });
});

async function both(backend: RunningBackend): Promise<void> {
  await drop(backend, 'calls');
  await backend.until('calls-dynamic', 'running');
  const back = await fixtureBundle(await tempDir(), 'calls', {
    packageJson: { name: 'calls-back-dynamic', backstage: { role: 'backend-plugin', pluginId: 'calls-back' } },
  });
  await dropFolder(back, backend.root, 'calls-back');
  await backend.until('calls-back-dynamic', 'running');
}

/** Asks as the guest user. */
async function ask(backend: RunningBackend, path: string): Promise<Response> {
  return await fetch(backend.url + path, { headers: { authorization: `Bearer ${await backend.token()}` } });
}

async function callEachOther(backend: RunningBackend): Promise<void> {
  const pids = new Set<number>();
  for (const [from, to] of [
    ['calls', 'calls-back'],
    ['calls-back', 'calls'],
  ]) {
    const service = await (await ask(backend, `/api/${from}/call?to=${to}&as=service`)).json();
    expect(service).toMatchObject({ type: 'service', subject: `plugin:${from}` });
    const user = (await (await ask(backend, `/api/${from}/call?to=${to}&as=user`)).json()) as { pid: number };
    expect(user).toMatchObject({ type: 'user', userEntityRef: 'user:development/guest' });
    pids.add(user.pid);
  }
  expect(pids.size).toBe(2);
  expect(pids).toContain(process.pid);
}
