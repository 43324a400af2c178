import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adminApi } from '../../support/adminApi';
import { startBackend, type RunningBackend } from '../../support/backend';
import { GREETER, drop, greeterVersion } from '../../support/greeter';
import { tempDir } from '../../support/tempDir';

const REFUSE = { downgrades: { mode: 'refuse' } };

/** A portal that refuses older builds, where 2.0.0 of the greeter has served. */
async function served(dynamicPlugins: object = REFUSE): Promise<{ home: string; backend: RunningBackend }> {
  const home = await tempDir();
  const backend = await startBackend({ home, dynamicPlugins: { ...dynamicPlugins } });
  await drop(backend, 'greeter', { version: '2.0.0' });
  await backend.until(GREETER, 'running', '2.0.0');
  return { home, backend };
}

test('An older build in the place of a newer one is refused by name, and the newer one goes on.', async () => {
  const { backend } = await served();
  for (const version of ['1.9.9', '2.0.0-rc.1', 'latest']) {
    await drop(backend, 'greeter', { version });
    expect(await backend.until(GREETER, 'rejected', version)).toMatchObject({
      code: 'DOWNGRADE_REFUSED',
      message: expect.stringContaining(`${GREETER}@${version} is older than 2.0.0`) as string,
      hint: expect.stringContaining('dynamicPlugins.downgrades.allow') as string,
    });
    expect(await greeterVersion(backend)).toBe('2.0.0');
  }
  await drop(backend, 'greeter', { version: '2.0.1' });
  await backend.until(GREETER, 'running', '2.0.1');
});

test('What has served is remembered when the drop is removed, and when the portal starts again.', async () => {
  const { home, backend } = await served();
  await rm(join(backend.root, 'greeter'), { recursive: true });
  await backend.until(GREETER, 'gone');
  await drop(backend, 'greeter', { version: '1.0.0' });
  await backend.until(GREETER, 'rejected', '1.0.0');
  await backend.stop();
  const again = await startBackend({ home, dynamicPlugins: REFUSE });
  expect(await again.until(GREETER, 'rejected', '1.0.0')).toMatchObject({ code: 'DOWNGRADE_REFUSED' });
  expect(await greeterVersion(again)).toBe(404);
});

test('A state file of an earlier version counts for what it remembers.', async () => {
  const { home, backend } = await served();
  await backend.stop();
  const file = join(backend.stateDir, 'plugins.json');
  const state = JSON.parse(await readFile(file, 'utf8')) as { plugins: Record<string, { newest?: object }> };
  delete state.plugins[GREETER]!.newest;
  await writeFile(file, JSON.stringify(state));
  const again = await startBackend({ home, dynamicPlugins: REFUSE, before: (root) => drop({ root }, 'greeter') });
  expect(await again.until(GREETER, 'rejected', '1.0.0')).toMatchObject({ code: 'DOWNGRADE_REFUSED' });
});

test('An operator may go back, also after a restart, and from there to what is not older.', async () => {
  const home = await tempDir();
  const backend = await startBackend({ home, dynamicPlugins: REFUSE });
  for (const version of ['1.0.0', '2.0.0']) {
    await drop(backend, 'greeter', { version });
    await backend.until(GREETER, 'running', version);
  }
  const api = await adminApi(backend);
  await api.call('POST', `/plugins/${GREETER}/rollback`);
  await backend.until(GREETER, 'running', '1.0.0');
  await backend.stop();
  const again = await startBackend({ home, dynamicPlugins: REFUSE });
  await again.until(GREETER, 'running', '1.0.0');
  await drop(again, 'greeter', { version: '0.9.0' });
  expect(await again.until(GREETER, 'rejected', '0.9.0')).toMatchObject({ code: 'DOWNGRADE_REFUSED' });
  await drop(again, 'greeter', { version: '1.5.0' });
  await again.until(GREETER, 'running', '1.5.0');
});

test('An operator may go back to the very build that was refused as a drop.', async () => {
  const home = await tempDir();
  const backend = await startBackend({ home, dynamicPlugins: REFUSE });
  for (const version of ['1.0.0', '2.0.0']) {
    await drop(backend, 'greeter', { version });
    await backend.until(GREETER, 'running', version);
    if (version === '1.0.0') await cp(join(backend.root, 'greeter'), join(home, 'kept'), { recursive: true });
  }
  await rm(join(backend.root, 'greeter'), { recursive: true });
  await cp(join(home, 'kept'), join(backend.root, 'greeter'), { recursive: true });
  await backend.until(GREETER, 'rejected', '1.0.0');
  await (await adminApi(backend)).call('POST', `/plugins/${GREETER}/rollback`);
  await backend.until(GREETER, 'running', '1.0.0');
});

test.each([
  ['runs where it is listed among those that may', { mode: 'refuse', allow: ['greet*'] }, true],
  ['is refused where both lists name it', { mode: 'allow', allow: ['greeter'], refuse: ['greeter'] }, false],
  ['is refused where it is listed, though others may', { refuse: ['GREETER'] }, false],
  ['runs by default', {}, true],
])('An older build of a package %s.', async (_what, downgrades, runs) => {
  const { backend } = await served({ downgrades });
  await drop(backend, 'greeter', { version: '1.0.0' });
  await backend.until(GREETER, runs ? 'running' : 'rejected', '1.0.0');
  expect(await greeterVersion(backend)).toBe(runs ? '1.0.0' : '2.0.0');
});
