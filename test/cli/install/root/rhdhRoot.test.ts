import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { namedBundle, workplace, type Workplace } from '../installSupport';

/** A root directory as RHDH's installer leaves it: an image's plugin under its path, a package of npm under name and version. */
async function rhdhPlace(): Promise<Workplace> {
  const place = await workplace();
  const put = async (folder: string, name: string, mark: boolean): Promise<void> => {
    const dir = join(place.root, folder);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'package.json'), JSON.stringify({ name, version: '0.1.0' }));
    if (mark) await writeFile(join(dir, 'dynamic-plugin-config.hash'), 'abc');
  };
  await put('a-dynamic', 'a-dynamic', true);
  await put('b-dynamic-0.1.0', 'b-dynamic', true);
  await put('theirs', 'theirs', false);
  place.network.publish('oci://h/a:1', await namedBundle('a-dynamic', '1.0.0'), 'a1');
  place.network.publish('oci://h/b:1', await namedBundle('b-dynamic', '1.0.0'), 'b1');
  await place.list([{ package: 'oci://h/a:1' }, { package: 'oci://h/b:1' }]);
  return place;
}

test('An install takes over what the installer of RHDH put into a root directory, also under other names', async () => {
  const place = await rhdhPlace();
  const preview = await place.install({ dryRun: true });
  expect(preview).toMatchObject({ removed: ['a-dynamic', 'b-dynamic-0.1.0'], changed: true });
  expect(await readdir(join(place.root, 'a-dynamic'))).toContain('dynamic-plugin-config.hash');
  expect(await place.install()).toMatchObject({ removed: ['b-dynamic-0.1.0'], changed: true, warnings: [] });
  expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0', theirs: '0.1.0' });
  expect(await place.install()).toMatchObject({ removed: [], changed: false });
});

test('An install leaves such a root directory as it is if a package cannot be fetched', async () => {
  const place = await rhdhPlace();
  place.network.onFetch = () => Promise.reject(new Error('no network'));
  await expect(place.install()).rejects.toThrow('no network');
  expect(await place.installed()).toEqual({ 'a-dynamic': '0.1.0', 'b-dynamic-0.1.0': '0.1.0', theirs: '0.1.0' });
});

test('An install warns of the lock of that installer, as one at work or as left behind', async () => {
  const place = await rhdhPlace();
  const lock = join(place.root, 'install-dynamic-plugins.lock');
  await writeFile(lock, '1');
  expect((await place.install()).warnings).toEqual([expect.stringContaining("RHDH's installer may be running")]);
  await utimes(lock, new Date(0), new Date(0));
  expect((await place.install()).warnings).toEqual([expect.stringContaining('was left behind')]);
});

test('An install without a list changes nothing, writes an app-config where there is none, and fails with --frozen', async () => {
  const place = await rhdhPlace();
  const options = { config: 'none.yaml' };
  expect(await place.install({ ...options, dryRun: true })).toMatchObject({ appConfig: { changed: true } });
  expect(await readdir(place.root)).not.toContain('app-config.dynamic-plugins.yaml');
  expect(await place.install(options)).toMatchObject({
    plugins: [],
    removed: [],
    appConfig: { changed: true },
    lockFile: { written: false },
    warnings: [expect.stringMatching(/^There is no .*none\.yaml: nothing is installed or removed\.$/)],
  });
  expect(await place.install(options)).toMatchObject({ changed: false, appConfig: { changed: false } });
  expect(Object.keys(await place.installed())).toEqual(['a-dynamic', 'b-dynamic-0.1.0', 'theirs']);
  await expect(place.install({ ...options, frozen: true })).rejects.toMatchObject({ code: 'PLUGIN_LIST_INVALID' });
});
