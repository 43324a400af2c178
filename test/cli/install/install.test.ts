import type { InstallProgress } from '@stagedoor/cli/api';
import { mkdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installProgress } from '../../../cli/src/report/installProgress';
import { dropFolder } from '../../support/bundles';
import { APP_CONFIG, namedBundle, publishA, storeOf, withTwo, workplace } from './installSupport';

const actions = ({ plugins }: { plugins: Array<{ action: string; key: string }> }): string[] =>
  plugins.map(({ action, key }) => `${action} ${key}`);

describe('An install', () => {
  test('makes the root directory hold what is listed, and app-config its config', async () => {
    const place = await withTwo();
    expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
    expect(await readFile(join(place.root, APP_CONFIG), 'utf8')).toMatch(/^# Written by[^]*\na:\n {2}word: one\n$/);
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  test('asks and fetches nothing when nothing has changed', async () => {
    const place = await withTwo();
    const result = await place.install();
    expect(place.network.since()).toEqual([]);
    expect(actions(result)).toEqual(['kept oci://h/a!', 'kept oci://h/b!']);
    expect(result).toMatchObject({ changed: false, appConfig: { changed: false }, removed: [] });
  });

  test('replaces one plugin and leaves the others as they are', async () => {
    const place = await withTwo();
    const before = await readlink(join(place.root, 'b-dynamic'));
    await publishA(place, 'oci://h/a:2', '2.0.0', 'a2');
    await place.list([{ package: 'oci://h/a:2' }, { package: 'oci://h/b:1' }]);
    const result = await place.install();
    expect(place.network.since()).toEqual(['resolve oci://h/a:2', 'fetch oci://h/a! at a2']);
    expect(result.plugins[0]).toMatchObject({ action: 'changed', previous: '1.0.0', version: '2.0.0' });
    expect(await place.installed()).toEqual({ 'a-dynamic': '2.0.0', 'b-dynamic': '1.0.0' });
    expect(await readlink(join(place.root, 'b-dynamic'))).toBe(before);
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  test('removes what is no longer listed or is disabled, and only what it put there', async () => {
    const place = await withTwo();
    await dropFolder(await namedBundle('dropped', '3.0.0'), place.root, 'dropped');
    await writeFile(join(place.root, 'notes.txt'), 'mine');
    await place.list([{ package: 'oci://h/b:1', disabled: true }]);
    const result = await place.install();
    expect(result).toMatchObject({ removed: ['a-dynamic', 'b-dynamic'], disabled: ['oci://h/b:1'] });
    await rm(join(place.root, 'notes.txt'));
    expect(await place.installed()).toEqual({ dropped: '3.0.0' });
    expect((await storeOf(place.root)).held).toEqual([]);
  });

  test('changes app-config alone when only the config of a plugin has changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', pluginConfig: { a: { word: 'two' } } }, { package: 'oci://h/b:1' }]);
    expect(await place.install()).toMatchObject({ changed: true, appConfig: { changed: true } });
    expect(place.network.since()).toEqual([]);
    expect(await readFile(join(place.root, APP_CONFIG), 'utf8')).toContain('word: two');
  });

  test('asks what a tag means with pullPolicy Always, and fetches it where that has changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', pullPolicy: 'Always' }, { package: 'oci://h/b:1' }]);
    expect(actions(await place.install())).toEqual(['kept oci://h/a!', 'kept oci://h/b!']);
    expect(place.network.since()).toEqual(['resolve oci://h/a:1']);
    await publishA(place, 'oci://h/a:1', '1.0.1', 'moved');
    expect(actions(await place.install())).toEqual(['changed oci://h/a!', 'kept oci://h/b!']);
    expect(await place.installed()).toMatchObject({ 'a-dynamic': '1.0.1' });
  });

  test('fetches with forceDownload what has not changed', async () => {
    const place = await withTwo();
    await place.list([{ package: 'oci://h/a:1', forceDownload: true }, { package: 'oci://h/b:1' }]);
    await place.install();
    expect(place.network.since()).toEqual(['resolve oci://h/a:1', 'fetch oci://h/a! at a1']);
  });

  test('fetches anew what was damaged since', async () => {
    const place = await withTwo();
    await writeFile(join(place.root, 'a-dynamic/index.cjs'), 'damaged');
    await rm(join(await realpath(join(place.root, 'b-dynamic')), '../record.json'));
    await place.install();
    expect(place.network.since().filter((call) => call.startsWith('fetch'))).toHaveLength(2);
    expect(await readFile(join(place.root, 'a-dynamic/index.cjs'), 'utf8')).not.toBe('damaged');
  });

  test('cleans up what earlier runs left behind', async () => {
    const place = await withTwo();
    await mkdir(join(place.root, '.stagedoor-install/staging-old/0/download'), { recursive: true });
    await mkdir(join(place.root, '.stagedoor-install/a-dynamic-0000/package'), { recursive: true });
    await place.install();
    const { held, used } = await storeOf(place.root);
    expect(held).toEqual(used);
  });

  test('tells what it is at', async () => {
    const place = await workplace();
    await publishA(place, 'oci://h/a:1', '1.0.0', 'a1');
    await place.list([{ package: 'oci://h/a:1' }]);
    const steps: unknown[] = [];
    await place.install({ onProgress: (progress) => steps.push(progress) });
    expect(steps).toEqual([
      { step: 'resolving', plugins: 1 },
      { step: 'fetching', plugins: 1 },
      { step: 'bytes', done: 1500, total: 2_500_000 },
      { step: 'fetched', package: 'oci://h/a:1', version: '1.0.0', done: 1, plugins: 1 },
    ]);
    const lines: string[] = [];
    let now = 0;
    const tell = installProgress(
      (line) => lines.push(line),
      () => now,
    );
    for (const progress of steps as InstallProgress[]) {
      now += 1000;
      tell(progress);
      tell({ step: 'bytes', done: 2, total: 2 });
    }
    // Bytes come many times in a second, and are told once.
    expect(lines).toEqual([
      'resolve   1 plugins',
      'fetch     1 plugins',
      'fetch     1.5 kB of 2.5 MB',
      '[1/1] oci://h/a:1 1.0.0',
    ]);
  });

  test('in a dry run says what it would do, and does nothing', async () => {
    const place = await withTwo();
    const before = await storeOf(place.root);
    await publishA(place, 'oci://h/a:2', '2.0.0', 'a2');
    place.network.publish('oci://h/c:1', await namedBundle('c', '1.0.0'), 'c1', 'oci://h/c!');
    await place.list([{ package: 'oci://h/a:2' }, { package: 'oci://h/c:1' }]);
    await rm(join(place.dir, 'dynamic-plugins.lock'));
    const result = await place.install({ dryRun: true });
    expect(actions(result)).toEqual(['changed oci://h/a!', 'added oci://h/c!']);
    expect(result).toMatchObject({ removed: ['b-dynamic'], changed: true, appConfig: { changed: true } });
    expect(result.lockFile.written).toBe(false);
    expect(place.network.since()).toEqual(['resolve oci://h/a:2', 'resolve oci://h/c:1']);
    expect(await storeOf(place.root)).toEqual(before);
    expect(await place.installed()).toEqual({ 'a-dynamic': '1.0.0', 'b-dynamic': '1.0.0' });
    await expect(readFile(join(place.dir, 'dynamic-plugins.lock'))).rejects.toThrow('ENOENT');
    await expect(place.install({ dryRun: true, root: 'nowhere' })).resolves.toMatchObject({ removed: [] });
    await expect(readlink(join(place.dir, 'nowhere'))).rejects.toThrow('ENOENT');
  });
});
