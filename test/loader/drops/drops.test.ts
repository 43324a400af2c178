import { packBundle } from '@stagedoor/bundle';
import { cp, mkdir, open, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { PROMPT_TIMES, SETTLE_TIMES } from '../../../loader/src/scan/settle';
import { startBackend } from '../../support/backend';
import { dropArchive, dropFolder, fixtureBundle } from '../../support/bundles';
import { openEvents } from '../../support/eventStream';
import { GREETER, greeterVersion as version } from '../../support/greeter';
import { LATER, untilLaterDropRuns } from '../../support/laterDrop';
import { tempDir } from '../../support/tempDir';

/**
 * Writes a file piece by piece, with pauses in which what is there can be read, and not be called broken. Gives the longest
 * time between the beginning of one write and the end of the next, in milliseconds.
 */
async function writeInPieces(file: string, content: Buffer, pieces: number): Promise<number> {
  const handle = await open(file, 'w');
  const size = Math.ceil(content.length / pieces);
  let longest = 0;
  for (let from = 0, before = performance.now(); from < content.length; from += size) {
    const began = performance.now();
    await handle.write(content.subarray(from, from + size));
    longest = Math.max(longest, performance.now() - before);
    before = began;
    if (from + size < content.length) await sleep(2 * PROMPT_TIMES.quietMs);
  }
  await handle.close();
  return longest;
}

describe('a bundle dropped into the root directory of a running backend', () => {
  test('serves, behind auth, as a folder', async () => {
    const backend = await startBackend();
    expect(await version(backend)).toBe(404);
    await dropFolder(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'greeter');
    const status = await backend.until(GREETER, 'running');
    expect(await version(backend)).toBe('1.0.0');
    expect((await backend.get('/api/greeter/secret')).status).toBe(401);
    expect(status).toMatchObject({
      version: '1.0.0',
      role: 'backend-plugin',
      pluginIds: ['greeter'],
      drop: 'greeter',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      loaded: { version: '1.0.0' },
    });
    expect(status!.openedRoutes).toContainEqual({ pluginId: 'greeter', path: '/version', allow: 'unauthenticated' });
  });

  test('serves as an archive', async () => {
    const backend = await startBackend();
    await dropArchive(await fixtureBundle(await tempDir(), 'greeter'), backend.root, 'greeter-1.0.0.tgz');
    await backend.until(GREETER, 'running');
    expect(await version(backend)).toBe('1.0.0');
  });

  test('serves as a link to a folder, and follows what the link leads to', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    const first = await fixtureBundle(parent, 'greeter');
    await symlink(first, join(backend.root, 'greeter'));
    await backend.until(GREETER, 'running');
    const second = await fixtureBundle(parent, 'greeter', { version: '2.0.0' });
    await symlink(second, join(parent, 'next'));
    await rename(join(parent, 'next'), join(backend.root, 'greeter'));
    await backend.until(GREETER, 'running', '2.0.0');
    expect(await version(backend)).toBe('2.0.0');
  });

  test('is upgraded, downgraded and removed in place', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    for (const wanted of ['1.0.0', '2.0.0', '1.5.0']) {
      await dropFolder(await fixtureBundle(parent, 'greeter', { version: wanted }), backend.root, 'greeter');
      await backend.until(GREETER, 'running', wanted);
      expect(await version(backend)).toBe(wanted);
    }
    await rm(join(backend.root, 'greeter'), { recursive: true });
    await backend.until(GREETER, 'gone');
    expect(await version(backend)).toBe(404);
  });

  test('gives way to a higher version beside it, and takes over again when that is removed', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    await dropArchive(await fixtureBundle(parent, 'greeter'), backend.root, 'greeter-1.0.0.tgz');
    await backend.until(GREETER, 'running', '1.0.0');
    await dropArchive(
      await fixtureBundle(parent, 'greeter', { version: '1.10.0' }),
      backend.root,
      'greeter-1.10.0.tgz',
    );
    await backend.until(GREETER, 'running', '1.10.0');
    await dropArchive(await fixtureBundle(parent, 'greeter', { version: '1.9.0' }), backend.root, 'greeter-1.9.0.tgz');
    await untilLaterDropRuns(backend);
    expect(await version(backend)).toBe('1.10.0');
    await rm(join(backend.root, 'greeter-1.10.0.tgz'));
    await backend.until(GREETER, 'running', '1.9.0');
    expect(await version(backend)).toBe('1.9.0');
  });

  test('is loaded only when a slow copy is complete', async () => {
    const backend = await startBackend();
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    const target = join(backend.root, 'greeter');
    await mkdir(target);
    for (const file of ['index.cjs', 'package.json', 'dynamic-bundle.json']) {
      const content = await readFile(join(bundle, file));
      const handle = await open(join(target, file), 'w');
      for (let from = 0; from < content.length; from += Math.ceil(content.length / 2)) {
        await handle.write(content.subarray(from, from + Math.ceil(content.length / 2)));
        const states = async (): Promise<string[]> => (await backend.plugins()).map(({ state }) => state);
        await expect.poll(states).not.toEqual([]);
        // Longer than a drop has to be quiet that is whole.
        await sleep(400);
        if (file !== 'dynamic-bundle.json') expect(await states()).toEqual(['discovered']);
      }
      await handle.close();
    }
    await backend.until(GREETER, 'running');
  });

  test('is not refused while its archive is still being written', async () => {
    const backend = await startBackend();
    const archive = join(await tempDir(), 'greeter.tgz');
    await packBundle(await fixtureBundle(await tempDir(), 'greeter'), archive);
    const content = await readFile(archive);
    let slowest = Infinity;
    while (slowest >= SETTLE_TIMES.quietMs) {
      const events = await openEvents(backend);
      slowest = await writeInPieces(join(backend.root, 'greeter.tgz'), content, 6);
      await backend.until(GREETER, 'running');
      // A machine that pauses for longer than the quiet time between two pieces has the archive called broken, rightly.
      if (slowest < SETTLE_TIMES.quietMs) {
        await events.next(({ data }) => (data as { state?: string }).state === 'running');
        expect(events.messages.map(({ data }) => (data as { state?: string }).state)).not.toContain('rejected');
      }
      events.close();
      await rm(join(backend.root, 'greeter.tgz'));
      await backend.until(GREETER, 'gone');
    }
  });

  test('is one of several at once', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    const names = ['greeter', 'greeter-module-word', 'stores-rows'];
    const bundles = await Promise.all(
      names.map((name) => fixtureBundle(parent, name, { sealed: name !== 'stores-rows' })),
    );
    await Promise.all(bundles.map((bundle, index) => dropFolder(bundle, backend.root, names[index]!)));
    await backend.until(GREETER, 'running');
    await backend.until('greeter-module-word-dynamic', 'running');
    await backend.until('backstage-plugin-stores-rows-backend-dynamic', 'running');
    expect(await (await backend.get('/api/greeter/words')).json()).toEqual({ words: ['hello'] });
  });

  test('may be deleted while it is loading', async () => {
    const backend = await startBackend();
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    for (let round = 0; round < 5; round++) {
      await cp(bundle, join(backend.root, 'greeter'), { recursive: true });
      await sleep(round * 100);
      await rm(join(backend.root, 'greeter'), { recursive: true });
    }
    await backend.until(GREETER, 'gone');
    await untilLaterDropRuns(backend);
    expect((await backend.plugins()).map(({ name }) => name)).toEqual([LATER]);
    expect(await version(backend)).toBe(404);
  });

  test('goes on serving while its drop is overwritten in place with something broken', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    await dropFolder(await fixtureBundle(parent, 'greeter'), backend.root, 'greeter');
    await backend.until(GREETER, 'running');
    await writeFile(join(backend.root, 'greeter/index.cjs'), 'throw new Error("overwritten");');
    const status = await backend.until(GREETER, 'rejected');
    expect(status).toMatchObject({ code: 'DIGEST_MISMATCH', loaded: { version: '1.0.0' } });
    expect(status!.hint).toBeTruthy();
    expect(await version(backend)).toBe('1.0.0');
    await dropFolder(await fixtureBundle(parent, 'greeter', { version: '1.0.1' }), backend.root, 'greeter');
    await backend.until(GREETER, 'running', '1.0.1');
  });

  test('is running again, without a restart of its own, when a broken upgrade is undone', async () => {
    const backend = await startBackend();
    const bundle = await fixtureBundle(await tempDir(), 'greeter');
    await dropFolder(bundle, backend.root, 'greeter');
    const before = await backend.until(GREETER, 'running');
    // As long as it was: what is not whole is waited for.
    const { size } = await stat(join(bundle, 'index.cjs'));
    await writeFile(join(backend.root, 'greeter/index.cjs'), 'broken('.padEnd(size));
    await backend.until(GREETER, 'rejected');
    await dropFolder(bundle, backend.root, 'greeter');
    const after = await backend.until(GREETER, 'running');
    expect(after!.loaded).toEqual(before!.loaded);
    expect(after!.code).toBeUndefined();
  });

  test('made by hand in the shape of upstream loads with its own node_modules and migrations', async () => {
    const backend = await startBackend();
    const parent = await tempDir();
    await dropFolder(await fixtureBundle(parent, 'stores-rows', { sealed: false }), backend.root, 'rows');
    await backend.until('backstage-plugin-stores-rows-backend-dynamic', 'running');
    expect(await (await backend.get('/api/stores-rows/rows')).json()).toEqual({ rows: ['ROW'] });
    const next = await fixtureBundle(parent, 'stores-rows', { sealed: false, version: '1.1.0' });
    await dropFolder(next, backend.root, 'rows');
    await backend.until('backstage-plugin-stores-rows-backend-dynamic', 'running', '1.1.0');
    // The rows of the in-memory database have survived the upgrade, and the migrations ran only once.
    expect(await (await backend.get('/api/stores-rows/rows')).json()).toEqual({ rows: ['ROW', 'ROW'] });
  });

  test('is not looked at when hidden, nor is anything that could not be a bundle', async () => {
    const backend = await startBackend();
    await mkdir(join(backend.root, '.hidden'));
    await mkdir(join(backend.root, 'lost+found'));
    await writeFile(join(backend.root, 'notes.txt'), 'not a bundle');
    await untilLaterDropRuns(backend);
    expect((await backend.plugins()).map(({ name }) => name)).toEqual([LATER]);
  });
});
