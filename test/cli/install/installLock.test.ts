import { mkdir, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { namedBundle, publishA, storeOf, withTwo, type Workplace } from './installSupport';

describe('The lock file', () => {
  const lockOf = async ({ dir }: Workplace): Promise<{ plugins: Record<string, Record<string, string>> }> =>
    JSON.parse(await readFile(join(dir, 'dynamic-plugins.lock'), 'utf8')) as never;

  test('says what was installed for every entry, and is the same when nothing changes', async () => {
    const place = await withTwo();
    const { plugins } = await lockOf(place);
    expect(Object.keys(plugins)).toEqual(['oci://h/a:1', 'oci://h/b:1']);
    expect(plugins['oci://h/a:1']).toEqual({
      key: 'oci://h/a!',
      identity: 'oci://h/a! at a1',
      digest: 'a1',
      content: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
    });
    const text = await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8');
    expect(await place.install()).toMatchObject({ lockFile: { written: false }, warnings: [] });
    expect(await readFile(join(place.dir, 'dynamic-plugins.lock'), 'utf8')).toBe(text);
  });

  test('lets a frozen install do what it says, also to an empty root directory', async () => {
    const place = await withTwo();
    const result = await place.install({ frozen: true, root: 'another' });
    expect(result).toMatchObject({ changed: true, lockFile: { written: false } });
    expect(result.plugins).toHaveLength(2);
  });

  test.each([
    [
      'a tag that has moved',
      /oci:\/\/h\/a:1 is locked to identity .* at a1 and now has .* at moved/,
      async (place: Workplace) => {
        await publishA(place, 'oci://h/a:1', '1.0.0', 'moved');
      },
    ],
    [
      'content that has changed under the same digest',
      /a:1 is locked to content/,
      async (place: Workplace) => {
        await publishA(place, 'oci://h/a:1', '1.0.1', 'a1');
      },
    ],
    [
      'an entry that is not locked',
      /oci:\/\/h\/c:1 is listed but not locked/,
      async (place: Workplace) => {
        place.network.publish('oci://h/c:1', await namedBundle('c', '1.0.0'), 'c1');
        await place.list([{ package: 'oci://h/a:1' }, { package: 'oci://h/b:1' }, { package: 'oci://h/c:1' }]);
      },
    ],
    [
      'an entry that is not listed',
      /oci:\/\/h\/b:1 is locked but not listed/,
      (place: Workplace) => place.list([{ package: 'oci://h/a:1' }]),
    ],
    [
      'a lock that is not there',
      /There is no .*dynamic-plugins\.lock/,
      ({ dir }: Workplace) => rm(join(dir, 'dynamic-plugins.lock')),
    ],
  ])('stops a frozen install at %s', async (_, message, change) => {
    const place = await withTwo();
    await change(place);
    const failing = place.install({ frozen: true, root: 'another' });
    await expect(failing).rejects.toMatchObject({
      code: 'PLUGIN_LOCK_MISMATCH',
      message: expect.stringMatching(message) as unknown,
    });
    expect((await storeOf(join(place.dir, 'another')).catch(() => ({ held: [] }))).held).toEqual([]);
  });

  test.each(['no JSON', '{"format": 2}', '{"format": 1, "plugins": {"a": {}}}', '{"__proto__": 1}'])(
    'is refused when it is %s',
    async (text) => {
      const place = await withTwo();
      await writeFile(join(place.dir, 'dynamic-plugins.lock'), text);
      await expect(place.install({ frozen: true })).rejects.toMatchObject({ code: 'PLUGIN_LOCK_INVALID' });
      await expect(place.install()).resolves.toMatchObject({ lockFile: { written: true } });
    },
  );

  test('that cannot be written is a warning: the folder of a list may be read-only', async () => {
    const place = await withTwo();
    const file = join(place.dir, 'dynamic-plugins.lock');
    await rm(file);
    await mkdir(join(file, 'folder'), { recursive: true });
    const { warnings, lockFile } = await place.install();
    expect(lockFile.written).toBe(false);
    expect(warnings).toEqual([
      expect.stringMatching(
        /dynamic-plugins\.lock does not match what was installed, because .*EISDIR.*stagedoor mirror.*--frozen/,
      ),
    ]);
    expect((await readdir(place.dir)).filter((name) => name.includes('.lock'))).toEqual(['dynamic-plugins.lock']);
  });
});

test('An install that stood still until another one began changes nothing.', async () => {
  const place = await withTwo();
  await publishA(place, 'oci://h/a:2', '2.0.0', 'a2');
  await place.list([{ package: 'oci://h/a:2' }, { package: 'oci://h/b:1' }]);
  // What another machine does that takes the lock over, see lock.test.ts.
  const lock = join(place.root, '.stagedoor-install/lock');
  const takeOver = async (): Promise<void> => {
    const names = await readdir(lock);
    const number = Math.max(...names.map((name) => Number(name) || 0)) + 1;
    await symlink('free', join(lock, String(number)));
    for (const name of names) await rm(join(lock, name), { recursive: true });
  };
  place.network.onFetch = takeOver;
  await expect(place.install()).rejects.toMatchObject({ code: 'INSTALL_LOCK_LOST' });
  expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
  place.network.onFetch = () => Promise.resolve();
  await place.install();
  expect(await place.installed()).toEqual({ 'a-dynamic': '2.0.0', 'b-dynamic': '1.0.0' });
});
