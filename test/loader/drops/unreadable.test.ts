import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startBackend, type RunningBackend } from '../../support/backend';
import { dropFolder, fixtureBundle } from '../../support/bundles';
import { freePort } from '../../support/freePort';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';
import { waitFor } from '../../support/waitFor';

const ROWS = 'backstage-plugin-stores-rows-backend-dynamic';

/** What the plugin list says of the root directory. */
async function faults(backend: RunningBackend): Promise<Array<{ code: string }> | undefined> {
  const headers = { authorization: `Bearer ${await backend.token()}` };
  const response = await fetch(`${backend.url}/api/dynamic-plugins/v1/plugins`, { headers });
  return ((await response.json()) as { faults?: Array<{ code: string }> }).faults;
}

describe('a root directory that cannot be read', () => {
  test('takes nothing away; the list and one line of the log say so, and what changed meanwhile is taken up', async () => {
    const metricsPort = await freePort();
    const backend = await startBackend({ dynamicPlugins: { metrics: { port: metricsPort } } });
    await drop(backend, 'greeter');
    await drop(backend, 'stores-rows');
    await backend.until(GREETER, 'running');
    await backend.until(ROWS, 'running');
    const away = `${backend.root}-away`;
    await rename(backend.root, away);
    await waitFor('the fault', async () => (await faults(backend)) !== undefined);
    expect(await faults(backend)).toEqual([
      expect.objectContaining({ code: 'ROOT_UNREADABLE', hint: expect.stringContaining('rootDirectory') }),
    ]);
    // It stays in service, and says what is wrong to those who watch it.
    const ready = async () => {
      const response = await backend.get('/.backstage/health/v1/readiness');
      return [response.status, await response.json()];
    };
    expect(await ready()).toEqual([200, { status: 'ok', dynamicPlugins: ['ROOT_UNREADABLE'] }]);
    const metrics = async () => await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(await metrics()).toMatch(/^stagedoor_faults\{code="ROOT_UNREADABLE",.*\} 1$/m);
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { version: '2.0.0' }), away, 'greeter');
    await rm(join(away, 'stores-rows'), { recursive: true });
    await sleep(3000);
    expect((await backend.plugins()).map(({ name, state }) => [name, state])).toEqual([
      [ROWS, 'running'],
      [GREETER, 'running'],
    ]);
    expect(await greeterVersion(backend)).toBe('1.0.0');
    expect(backend.logs.filter((line) => line.includes('ROOT_UNREADABLE'))).toHaveLength(1);
    await rename(away, backend.root);
    await backend.until(GREETER, 'running', '2.0.0');
    await backend.until(ROWS, 'gone');
    await waitFor('no fault', async () => (await faults(backend)) === undefined);
    expect(await ready()).toEqual([200, { status: 'ok' }]);
    expect(await metrics()).toMatch(/^stagedoor_faults\{code="ROOT_UNREADABLE",.*\} 0$/m);
    // It is watched as before.
    await drop(backend, 'stores-rows');
    await backend.until(ROWS, 'running');
  });

  test('at the start leaves the portal without plugins, and nothing of them is forgotten', async () => {
    const home = await tempDir();
    const root = join(home, 'elsewhere');
    const start = () => startBackend({ home, dynamicPlugins: { rootDirectory: root } });
    const put = async (version: string) =>
      await dropFolder(await fixtureBundle(await tempDir(), 'greeter', { version }), root, 'greeter');
    await mkdir(root);
    await put('1.0.0');
    const first = await start();
    await first.until(GREETER, 'running', '1.0.0');
    await put('2.0.0');
    await first.until(GREETER, 'running', '2.0.0');
    await first.stop();
    await rename(root, `${root}-away`);
    await writeFile(root, 'not a folder');
    const second = await start();
    expect(await second.plugins()).toEqual([]);
    expect(await faults(second)).toEqual([expect.objectContaining({ code: 'ROOT_UNREADABLE' })]);
    await rm(root);
    await rename(`${root}-away`, root);
    const status = await second.until(GREETER, 'running', '2.0.0');
    expect(status!.generations).toContainEqual(expect.objectContaining({ role: 'previous', version: '1.0.0' }));
    expect(await faults(second)).toBeUndefined();
  });
});

describe('a folder that cannot be read as a bundle', () => {
  test('never stands for a running package that has its name', async () => {
    const backend = await startBackend();
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'thing');
    await backend.until(GREETER, 'running');
    await mkdir(join(backend.root, GREETER));
    await writeFile(join(backend.root, GREETER, 'package.json'), '{"name":"broken');
    const unread = await backend.until(`./${GREETER}`, 'rejected');
    expect(unread).toMatchObject({ code: 'PACKAGE_JSON_INVALID', drop: GREETER });
    expect(await backend.until(GREETER, 'running')).toMatchObject({ drop: 'thing' });
    await rm(join(backend.root, GREETER), { recursive: true });
    await backend.until(`./${GREETER}`, 'gone');
    expect(await backend.until(GREETER, 'running')).toMatchObject({ drop: 'thing' });
  });

  test('gives way to a package of its name that comes later, and does not keep it when that goes', async () => {
    const backend = await startBackend();
    await mkdir(join(backend.root, GREETER));
    await writeFile(join(backend.root, GREETER, 'package.json'), '{"name":"broken');
    await backend.until(GREETER, 'rejected');
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'thing');
    await backend.until(GREETER, 'running');
    await backend.until(`./${GREETER}`, 'rejected');
    await rm(join(backend.root, 'thing'), { recursive: true });
    await backend.until(GREETER, 'gone');
    expect(await greeterVersion(backend)).toBe(404);
    expect((await backend.plugins()).map(({ name }) => name)).toEqual([`./${GREETER}`]);
  });
});
